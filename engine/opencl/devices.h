// The OpenCL devices of this machine, in the order of their platforms.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace normlab::opencl {

struct Device {
  int number = 0;  // "opencl:0"
  std::string name, vendor, platform, driver, version;
  bool is_cpu = false;
  bool rounds_correctly = false;               // can round divisions and roots as IEEE 754 has it
  std::size_t memory = 0, largest_buffer = 0;  // bytes
  int units = 0;                               // compute units
  int vector = 1;                              // floats of a register, of a CPU
  std::size_t group = 0;                       // work items of a group
  std::string trouble;                         // why it cannot be used; empty where it can
};

struct DeviceList {
  std::vector<Device> devices;
  std::string trouble;  // why there are none
};
DeviceList ListDevices();

// Throws UsageError where there is no such device, or it cannot be used.
Device UsableDevice(int number);

}  // namespace normlab::opencl
