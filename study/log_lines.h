// The lines of a training log, on the terminal and in log.txt: tqdm's grammar and the "Test set:"
// line of PyTorch's MNIST example, which people know how to read and to grep. Pure functions of
// text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "train/trainer.h"

namespace normlab {

// tqdm's arguments, and `remaining`. Without a rate it is n / elapsed.
struct Meter {
  std::string prefix;      // "Loss=0.0163 Batch_id=468 Accuracy=99.54"
  std::int64_t n = 0;      // 0 <= n <= total
  std::int64_t total = 1;  // > 0
  double elapsed = 0;      // seconds
  double rate = 0;         // iterations a second; 0: not known
  double remaining = -1;   // seconds, where more is known than the rate says; below 0: nothing is
  int columns = 0;         // of the whole line; 0: not known, the bar takes 10
  bool ascii = false;
  std::string unit = "it";
  bool unit_scale = false;  // counts and rates as "9.91M": tqdm's, with its three digits
};

// "Loss=0.0163 Batch_id=468 Accuracy=99.54: 100%|██████████| 469/469 [00:03<00:00, 151.20it/s]",
// character for character what tqdm 4.64's format_meter gives (UTF-8, or ASCII where asked).
std::string FormatMeter(const Meter& meter);

// Its bar alone, of `width` columns; 0 <= fraction <= 1.
std::string MeterBar(double fraction, int width, bool ascii);

// Iterations a second over redraws, smoothed as tqdm does: an exponential moving average that gives
// the newest redraw the weight 0.3, of the iterations and of the seconds apart (their corrections
// for the start from 0 cancel in the quotient).
class SmoothedRate {
 public:
  void Add(double iterations, double seconds) {
    iterations_ = kWeight * iterations + (1 - kWeight) * iterations_;
    seconds_ = kWeight * seconds + (1 - kWeight) * seconds_;
  }
  // 0 before the first redraw.
  double rate() const { return seconds_ > 0 ? iterations_ / seconds_ : 0; }

 private:
  static constexpr double kWeight = 0.3;
  double iterations_ = 0;
  double seconds_ = 0;
};

// Columns that a meter takes: its code points.
int DisplayWidth(std::string_view meter);

// "[H:]MM:SS", whole seconds, cut.
std::string FormatInterval(double seconds);

// "Loss=0.0163 Batch_id=468 Accuracy=99.54". `batch` is 0-based, `accuracy` in percent.
std::string StepText(double loss, std::int64_t batch, double accuracy);

// "Test set: Average loss: 0.0163, Accuracy: 9954/10000 (99.54%)"
std::string TestSetLine(double average_loss, int correct, int images);

// That line, where the test set was evaluated, and "Several views: Average loss: 0.0161, Accuracy:
// 99.58%" where they were.
std::vector<std::string> TestSetLines(const EpochRecord& record, int test_images);

// "Validation set: Average loss: 0.0163, Accuracy: 99.54%"
std::string ValidationSetLine(const EpochRecord& record);

// What log.txt holds of one epoch: "Epoch 1:", the finished bar, the line of the validation split
// where one is held out, the "Test set:" line. `last_loss` is the loss of the epoch's last batch;
// `steps` > 0.
std::vector<std::string> EpochLogLines(const EpochRecord& record, std::int64_t steps,
                                       double last_loss, int test_images, bool has_validation);

// One plain line for a log without cursor movements:
// "batch, seed 1: epoch 3/20, train loss 0.3021, accuracy 88.73%, test loss …, accuracy …, 3.1 s"
std::string PlainEpochLine(const std::string& label, const EpochRecord& record, int epochs,
                           bool has_validation);

}  // namespace normlab
