// The devices as OpenCL names them.
#pragma once

#include <string>
#include <vector>

#include "engine/opencl/devices.h"
#include "engine/opencl/library.h"

namespace normlab::opencl {

struct DeviceHandle {
  cl_platform_id platform = nullptr;
  cl_device_id id = nullptr;
  Device device;
};

// None, with the reason, where there is no loader or no device.
std::vector<DeviceHandle> DeviceHandles(std::string* why);

}  // namespace normlab::opencl
