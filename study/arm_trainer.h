// One arm: its network on the chosen engine, its folder, its training.
#pragma once

#include <atomic>
#include <string>

#include "augment/augment.h"
#include "config/plan.h"
#include "data/dataset.h"
#include "records/study_index.h"
#include "study/environment.h"
#include "study/epoch_clock.h"
#include "study/study_observer.h"

namespace normlab {

// Throws UsageError when the file of --init does not fit an arm; reads no data.
void CheckInit(const StudyPlan& plan);

// Epochs in the arm's metrics.csv; 0 when there is none.
int EpochsDone(const std::string& arm_folder);

// How far an arm is trained, and what is looked at meanwhile.
struct ArmScope {
  int pause_after = 0;         // epochs; 0: to its end
  bool evaluates_test = true;  // false: by held-out images alone
};

// Several arms may be trained at once, each by its own thread with its own observer and entry.
// Trains `arm` on execution.threads, from where an earlier run left it, into run_folder/arm.folder,
// and fills `entry`'s state, message, best epoch and seconds. `running` counts the arms that train,
// this one among them; nullptr: it trains alone.
void TrainArm(const Arm& arm, const ExecutionOptions& execution, const std::string& run_folder,
              const Dataset& dataset, TrainObserver& observer, const std::atomic<bool>& stop,
              ArmEntry& entry, const RunningTrainings* running = nullptr,
              const ArmScope& scope = {});

}  // namespace normlab
