// Where a network runs, as a user says it.
#pragma once

#include <string>
#include <string_view>

namespace normlab {

struct DeviceChoice {
  bool is_cpu = true;
  int number = 0;  // of an OpenCL device
};

// "cpu", "opencl" (device 0) or "opencl:2". Throws UsageError naming `origin`.
DeviceChoice ParseDevice(std::string_view text, std::string_view origin = "device");

// "cpu", or what the device is called: "opencl:0 (NVIDIA H200)". Throws UsageError where there is
// no such device or it cannot be used.
std::string DeviceTitle(const DeviceChoice& choice);

}  // namespace normlab
