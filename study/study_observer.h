// What a study tells while it runs: which arm begins, what its training tells, and what is worth a
// line of its own.
#pragma once

#include <string>

#include "train/trainer.h"

namespace normlab {

struct ArmStart {
  int arm = 1;  // 1-based
  int arms = 1;
  std::string label;     // "batch, seed 1"
  int epochs = 0;        // of this arm
  int epochs_done = 0;   // of this arm, kept from an earlier run
  int epochs_after = 0;  // to be trained in the arms that follow
  int test_images = 0;
  bool has_validation = false;  // images are held out of the training split
};

class StudyObserver : public TrainObserver {
 public:
  virtual void OnArmStart(const ArmStart& /*arm*/) {}
  // A whole line without its end, such as an arm that was kept or that diverged.
  virtual void OnMessage(const std::string& /*line*/) {}
};

}  // namespace normlab
