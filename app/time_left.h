// How long the rest of a study will take, from the epochs that were timed.
#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "study/study_observer.h"

namespace normlab {

class TimeLeft {
 public:
  explicit TimeLeft(const StudyStart& study = {})
      : jobs_(study.jobs),
        epochs_left_(study.epochs_left),
        arms_done_(static_cast<int>(std::ranges::count(study.epochs_left, 0))) {}

  // Arms are counted from 1.
  void BeginEpoch(int arm, double now) { running_[arm] = now; }
  void EndEpoch(int arm, double now);
  void EndArm(int arm);  // whatever is left of it will not be trained

  int epochs_done() const { return timed_epochs_; }
  int epochs_left() const;
  // With those of an earlier run; without those that ended before their last epoch.
  int arms_done() const { return arms_done_; }
  int arms() const { return static_cast<int>(epochs_left_.size()); }

  // All epochs take as long as those that were timed, and the arms that wait begin, in their order,
  // as soon as a job is free. Not known, and 0, before an epoch was timed.
  bool known() const { return timed_epochs_ > 0; }
  double Seconds(double now) const;

 private:
  int& Left(int arm) { return epochs_left_[static_cast<std::size_t>(arm) - 1]; }

  int jobs_;
  std::vector<int> epochs_left_;  // by arm
  int arms_done_;
  std::map<int, double> running_;  // arm: when its epoch began
  int timed_epochs_ = 0;
  double timed_seconds_ = 0;
};

}  // namespace normlab
