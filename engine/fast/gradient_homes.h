// Which gradients of maps need no memory of their own, because they are the gradient of what was
// made of them.
#pragma once

#include <vector>

#include "engine/fast/fusion.h"

namespace normlab {

// Of each value: the value in whose gradient's map its own lies, or itself. Beside what is written
// over its input these are the inputs of operations that pass their gradient on unchanged
// (Traits::passes_gradient).
std::vector<int> GradientHomes(const Plan& plan, const FusedPlan& fused);

}  // namespace normlab
