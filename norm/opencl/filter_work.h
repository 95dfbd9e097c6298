// A method on the weights on an OpenCL device: its equation over a filter w[O I Y X] is one over a
// map of one image (operations/opencl/filter_placement.h), and so compiled as a normalization's is.
#pragma once

#include <memory>

#include "norm/equation/method.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

DeviceWork FilterWork(const std::shared_ptr<const equation::Method>& method,
                      const DevicePlacement& placement);

}  // namespace normlab::opencl
