// How far a study is: on a terminal the bar as tqdm draws it, ten times a second, with the line of
// the test set after every epoch; elsewhere one plain line an epoch and no cursor movements.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/terminal.h"
#include "study/log_lines.h"
#include "study/study_observer.h"

namespace normlab {

enum class ProgressMode { kAuto, kBar, kPlain, kNone };

// "auto" (the bar on a terminal, plain lines elsewhere), "bar", "plain", "none" (messages only).
// Throws UsageError.
ProgressMode ParseProgressMode(const std::string& name);

class Progress : public StudyObserver {
 public:
  explicit Progress(ProgressMode mode, Terminal terminal = StandardError());
  ~Progress() override;

  void OnArmStart(const ArmStart& arm) override;
  void OnMessage(const std::string& line) override;
  void OnEpochStart(int epoch, std::int64_t steps_in_epoch) override;
  void OnStep(const StepRecord& step, int step_in_epoch, double running_accuracy) override;
  void OnEpoch(const EpochRecord& record, const std::vector<float>& predictions,
               bool is_best) override;

 private:
  void Draw(double now);
  void EndBar();
  void WriteLine(const std::string& line);
  std::string Title() const;  // "[1/3] batch, seed 1"
  std::string TimeLeft(
      int epoch) const;  // of the whole study, when `epoch` begins; empty: not known

  ProgressMode mode_;  // never kAuto
  Terminal terminal_;
  ArmStart arm_;

  // The bar of the present epoch.
  bool bar_is_open_ = false;
  int drawn_width_ = 0;
  Meter meter_;
  SmoothedRate rate_;
  double epoch_start_ = 0;
  double last_draw_ = 0;
  std::int64_t last_n_ = 0;

  // Whole epochs, tests included, for the time left.
  int timed_epochs_ = 0;
  double timed_seconds_ = 0;
};

// For standard error; `mode` as ParseProgressMode takes it.
std::unique_ptr<StudyObserver> MakeProgress(const std::string& mode);

}  // namespace normlab
