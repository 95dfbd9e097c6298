// A normalization on an OpenCL device: its statements and their gradient, as the fast program has
// them (norm/program/expressions.h), compiled to kernels. A reduction is a kernel, or two where
// what it pools is divided among many work items; everything else is computed again where it is
// read.
#pragma once

#include <memory>

#include "norm/equation/method.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

DeviceWork EquationWork(const std::shared_ptr<const equation::Method>& method,
                        const DevicePlacement& placement);

}  // namespace normlab::opencl
