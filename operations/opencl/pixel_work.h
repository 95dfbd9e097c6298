// Operations whose kernels are one for each pixel and channel of what they write.
#pragma once

#include <string>

#include "operations/opencl/launches.h"

namespace normlab::opencl {

// By the kernels `name`_forward, from x to y, and `name`_backward, from x and dy to dx.
DeviceWork PixelWork(const DevicePlacement& placement, const std::string& name, const Sizes& sizes);

}  // namespace normlab::opencl
