// How long a study will take, from two training steps on made-up images.
#pragma once

#include "study/plan.h"

namespace normlab {

struct Estimate {
  double seconds = 0;        // all arms
  double multiply_adds = 0;  // all forward passes of the training
};

// Measures one step of every arm that differs by more than its seed. Augmentation, reading of data
// and the report are not in it.
Estimate EstimateStudy(const Plan& plan);

}  // namespace normlab
