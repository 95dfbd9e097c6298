// Which kernels compute more than their own operation: an elementwise operation's output is
// computed by whoever stores the last of its inputs, the gradients of its inputs by whoever
// completes the gradient of its output. It has no launches of its own then. Every map is still
// written: the backward pass reads it, and whoever looks at maps.
#pragma once

#include <vector>

#include "model/plan.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

// `works`: beside the plan's operations. Whether a gradient is added to what is there is decided
// here too: it is written by the first that has some in the order of the backward pass.
void FuseLaunches(const Plan& plan, std::vector<DeviceWork>& works);

}  // namespace normlab::opencl
