// The trainings of a study side by side.
#pragma once

#include <atomic>
#include <string>

#include "config/plan.h"
#include "data/dataset.h"
#include "records/study_index.h"
#include "study/arm_trainer.h"
#include "study/job_split.h"
#include "study/study_observer.h"

namespace normlab {

// Trains the unsettled arms, in their order, as many at once as `split` says. An arm that diverges
// or throws does not stop the others, nor does one that pauses. Returns false when interrupted.
// Throws, when no arm trains any more, what was thrown first.
bool TrainArms(const StudyPlan& plan, const JobSplit& split, const std::string& folder,
               const Dataset& dataset, StudyObserver& observer, const std::atomic<bool>& stop,
               StudyIndex& index, const ArmScope& scope = {});

}  // namespace normlab
