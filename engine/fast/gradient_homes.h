// Which gradients of maps need no memory of their own, because they are the gradient of what was
// made of them.
#pragma once

#include <vector>

#include "engine/fast/fusion.h"

namespace normlab {

// Of each value: the value in whose gradient's map its own lies, or itself. Beside what is written
// over its input these are the inputs of operations that pass their gradient on unchanged
// (Traits::passes_gradient), and a normalization's output whose gradient is routed
// (FusedOperation::pooled): that of the pool's output, a map of the pool's shape.
std::vector<int> GradientHomes(const Plan& plan, const FusedPlan& fused);

}  // namespace normlab
