// The operations of operations/kinds/ on an OpenCL device.
#pragma once

#include <string>

#include "operations/opencl/launch.h"

namespace normlab::opencl {

DeviceWork ConvolutionWork(const DevicePlacement& placement);
DeviceWork MaxPoolWork(const DevicePlacement& placement);
DeviceWork AveragePoolWork(const DevicePlacement& placement);
DeviceWork DropoutWork(const DevicePlacement& placement);
DeviceWork SumWork(const DevicePlacement& placement);
DeviceWork ConcatenationWork(const DevicePlacement& placement);
DeviceWork PaddedShortcutWork(const DevicePlacement& placement);
DeviceWork PreluWork(const DevicePlacement& placement);

// An activation as expressions of vectors V: its value of x, and of x, y and dy the gradient of x;
// `let`: statements before the latter.
struct ActivationText {
  std::string value, gradient, let = "";
};
DeviceWork ActivationWork(const DevicePlacement& placement, const ActivationText& text);

}  // namespace normlab::opencl
