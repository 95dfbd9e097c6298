// A tuning: the trials of every arm on held-out images alone, rung after rung; then its page.
#pragma once

#include <atomic>

#include "config/tuning_plan.h"
#include "study/runner.h"

namespace normlab {

// The training split and no test image: whoever asked for one would find none.
Dataset WithoutTestImages(Dataset dataset);

// As RunStudy, with the trials for arms: the same plan finds its folder again and goes on. After
// every rung the trials of each arm are compared by their accuracy on held-out images, of equals
// the lower loss; those that the search does not keep are dropped. trials.csv is written after
// every rung, tuned.toml, a recipe of what won, at the end.
StudyResult RunTuning(const TuningPlan& plan, const StudyOptions& options, StudyObserver& observer,
                      const std::atomic<bool>& stop);

}  // namespace normlab
