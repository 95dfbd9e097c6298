// Three classes of 4x4 images that softmax regression can tell apart, and a notebook for what a
// training tells its observer.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "base/philox.h"
#include "data/dataset.h"
#include "train/trainer.h"

namespace normlab {

inline constexpr Shape kSmall{1, 4, 4};

// Class k is bright in the rows k and k + 1, over noise.
inline Split SmallSplit(int images, std::uint32_t item) {
  RandomStream random(5, Purpose::kSamples, 0, item);
  Split split;
  for (int n = 0; n < images; ++n) {
    const int label = static_cast<int>(random.Below(3));
    split.labels.push_back(static_cast<std::uint8_t>(label));
    for (int y = 0; y < 4; ++y) {
      for (int x = 0; x < 4; ++x) {
        const int bright = y == label || y == label + 1 ? 60 : 0;
        split.pixels.push_back(static_cast<std::uint8_t>(bright + random.Below(150)));
      }
    }
  }
  return split;
}

inline Dataset SmallDataset(int train = 103, int test = 50) {
  Dataset dataset;
  dataset.name = "small";
  dataset.class_names = {"a", "b", "c"};
  dataset.shape = kSmall;
  dataset.train = SmallSplit(train, 1);
  dataset.test = SmallSplit(test, 2);
  dataset.statistics = {{0.4}, {0.2}};
  return dataset;
}

struct Notebook : TrainObserver {
  void OnEpochStart(int epoch, std::int64_t steps) override {
    started.push_back(epoch);
    steps_in_epoch.push_back(steps);
  }
  void OnStep(const StepRecord& step, int, double accuracy) override {
    steps.push_back(step);
    running_accuracy = accuracy;
    if (stop != nullptr && step.step == stop_at) *stop = true;
  }
  void OnLastPass(int epoch) override {
    last_passes.push_back(epoch);
    steps_before_last_pass.push_back(steps.size());
  }
  void OnEpoch(const EpochRecord& record, const std::vector<float>& log_probabilities,
               bool is_best) override {
    finished.push_back(record.epoch);
    best.push_back(is_best);
    predictions = log_probabilities;
  }

  std::vector<int> started, finished;
  std::vector<int> last_passes;
  std::vector<std::size_t> steps_before_last_pass;
  std::vector<std::int64_t> steps_in_epoch;
  std::vector<StepRecord> steps;
  std::vector<bool> best;
  std::vector<float> predictions;
  double running_accuracy = 0;
  std::atomic<bool>* stop = nullptr;
  std::int64_t stop_at = 0;
};

// All but the seconds, and the scores of each kind of statistics.
inline void ExpectSameRecords(const std::vector<EpochRecord>& a,
                              const std::vector<EpochRecord>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].epoch, b[i].epoch);
    EXPECT_EQ(a[i].train_loss, b[i].train_loss);
    EXPECT_EQ(a[i].train_accuracy, b[i].train_accuracy);
    EXPECT_EQ(a[i].test_loss, b[i].test_loss);
    EXPECT_EQ(a[i].test_accuracy, b[i].test_accuracy);
    EXPECT_EQ(a[i].test_correct, b[i].test_correct);
    EXPECT_EQ(a[i].validation_loss, b[i].validation_loss);
    EXPECT_EQ(a[i].validation_accuracy, b[i].validation_accuracy);
    EXPECT_EQ(a[i].penalty, b[i].penalty);
    EXPECT_EQ(a[i].learning_rate, b[i].learning_rate);
  }
}

}  // namespace normlab
