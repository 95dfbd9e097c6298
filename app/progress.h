// How far a study is. On a terminal, of one training at a time, the bar as tqdm draws it, with the
// line of the test set after every epoch; of several at once, a bar for each under a line for every
// epoch that ends; below them, of several arms, one for the study; ten times a second. Elsewhere
// one plain line an epoch, and one for the study when an arm is done, without cursor movements.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/epoch_bar.h"
#include "app/live_lines.h"
#include "app/terminal.h"
#include "app/time_left.h"
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

  void OnStudyStart(const StudyStart& study) override;
  void OnArmStart(const ArmStart& arm) override;
  void OnEpochStart(int arm, int epoch, std::int64_t steps_in_epoch) override;
  void OnStep(int arm, const StepRecord& step, double running_accuracy) override;
  void OnEpoch(int arm, const EpochRecord& record) override;
  void OnArmEnd(int arm) override;
  void OnMessage(const std::string& line) override;

 private:
  struct Training {
    ArmStart arm;
    int epoch = 0;
    std::optional<EpochBar> bar;  // of the present epoch
  };

  bool several() const { return study_.jobs > 1; }  // at once
  bool has_study_bar() const { return mode_ == ProgressMode::kBar && left_.arms() > 1; }
  std::string Title(const ArmStart& arm) const;  // "[1/3] batch, seed 1"
  std::string TimeLeftText() const;              // empty: not known

  void WriteLine(const std::string& line);
  void Draw();
  void EndBar();  // of the only training
  std::vector<std::string> Bars();
  std::string StudyBar() const;
  std::string StudyLine() const;

  ProgressMode mode_;  // never kAuto
  Terminal terminal_;
  LiveLines live_;
  StudyStart study_;
  TimeLeft left_;
  int told_arms_ = 0;  // done, by a plain line
  double start_ = 0;
  double last_draw_ = 0;
  std::map<int, Training> trainings_;  // that run, by arm
};

// For standard error; `mode` as ParseProgressMode takes it.
std::unique_ptr<StudyObserver> MakeProgress(const std::string& mode);

}  // namespace normlab
