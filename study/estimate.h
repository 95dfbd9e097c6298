// How long a study will take, from a few training steps on made-up images.
#pragma once

#include "config/plan.h"
#include "study/job_split.h"

namespace normlab {

struct Estimate {
  double seconds = 0;        // until all arms have ended
  double multiply_adds = 0;  // all forward passes of the training
};

// Of all arms, as `split` lays them side by side. Measures some steps of every network, once of
// arms that differ by the seed, the rate or the like. Augmentation, reading of data and the report
// are not in it.
Estimate EstimateStudy(const StudyPlan& plan, const JobSplit& split);

}  // namespace normlab
