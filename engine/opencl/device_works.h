// What every operation of a plan does on a device: its kernels, with what is elementwise left to
// those that store its input, or complete the gradient of its output.
#pragma once

#include <vector>

#include "model/plan.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

// Beside operations.
std::vector<DeviceWork> DeviceWorks(const Plan& plan, const DeviceShape& shape);

}  // namespace normlab::opencl
