// From trainings that tell at the same time to one study that is told one thing at a time.
#pragma once

#include <mutex>

#include "study/study_observer.h"

namespace normlab {

class SerialObserver {
 public:
  explicit SerialObserver(StudyObserver& next) : next_(next) {}

  // call(observer), while nothing else is told.
  template <typename Call>
  void Tell(const Call& call) {
    const std::lock_guard lock(mutex_);
    call(next_);
  }

 private:
  std::mutex mutex_;
  StudyObserver& next_;
};

// Adds to what a training tells which arm it is.
class ArmObserver : public TrainObserver {
 public:
  ArmObserver(int arm, SerialObserver& next) : arm_(arm), next_(next) {}

  void OnEpochStart(int epoch, std::int64_t steps_in_epoch) override {
    next_.Tell([&](StudyObserver& study) { study.OnEpochStart(arm_, epoch, steps_in_epoch); });
  }
  void OnStep(const StepRecord& step, int /*step_in_epoch*/, double running_accuracy) override {
    next_.Tell([&](StudyObserver& study) { study.OnStep(arm_, step, running_accuracy); });
  }
  void OnEpoch(const EpochRecord& record, const std::vector<float>& /*predictions*/,
               bool /*is_best*/) override {
    next_.Tell([&](StudyObserver& study) { study.OnEpoch(arm_, record); });
  }

 private:
  int arm_;
  SerialObserver& next_;
};

}  // namespace normlab
