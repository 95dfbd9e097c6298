// y = x where x is positive, else slope * x: ReLU (slope 0) and leaky ReLU, where no writer applies
// them and no reader their gradient.
#pragma once

#include <memory>

#include "operations/fast/operation.h"
#include "operations/fast/placement.h"

namespace normlab {

// slope >= 0. The output may lie in the input's map, and the gradients in one map. The gradient is
// told by the output's sign; of a run of gates with this one among them (Placement::gate) it is the
// gradient of all of them.
std::unique_ptr<BlockOperation> MakeRectifier(const Placement& placement, float slope);

}  // namespace normlab
