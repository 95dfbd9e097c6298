// All kernels of a network as one program: equal launches share a kernel.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "operations/opencl/launch.h"

namespace normlab::opencl {

class ProgramText {
 public:
  explicit ProgramText(const DeviceShape& device) : device_(device) {}

  // The name of its kernel.
  std::string Add(const Launch& launch);
  std::string text() const;

 private:
  DeviceShape device_;
  std::map<std::string, std::string> names_;  // by what follows the name
  std::string kernels_;
};

}  // namespace normlab::opencl
