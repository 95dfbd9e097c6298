// What a study tells while it runs: which arms begin and end, what their trainings tell, and what
// is worth a line of its own.
#pragma once

#include <string>
#include <vector>

#include "train/trainer.h"

namespace normlab {

struct StudyStart {
  int jobs = 1;                  // trainings at once
  std::vector<int> epochs_left;  // to be trained, by arm
  int test_images = 0;
  bool has_validation = false;  // images are held out of the training split
};

struct ArmStart {
  int arm = 1;          // 1-based
  std::string label;    // "batch, seed 1"
  int epochs = 0;       // of this arm
  int epochs_done = 0;  // of these, kept from an earlier run
};

// Trainings run side by side, but no two calls at once. Of one arm the calls come in its order:
// OnArmStart, its epochs and steps, OnArmEnd.
class StudyObserver {
 public:
  virtual ~StudyObserver() = default;
  virtual void OnStudyStart(const StudyStart& /*study*/) {}
  virtual void OnArmStart(const ArmStart& /*arm*/) {}
  virtual void OnEpochStart(int /*arm*/, int /*epoch*/, std::int64_t /*steps_in_epoch*/) {}
  virtual void OnStep(int /*arm*/, const StepRecord& /*step*/, double /*running_accuracy*/) {}
  virtual void OnEpoch(int /*arm*/, const EpochRecord& /*record*/) {}
  virtual void OnArmEnd(int /*arm*/) {}  // finished, diverged, failed or interrupted
  // A whole line without its end, such as an arm that was kept or that diverged.
  virtual void OnMessage(const std::string& /*line*/) {}
};

}  // namespace normlab
