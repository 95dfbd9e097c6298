// All kernels of a network as one program: equal launches share a kernel, and several of one kind
// can be one launch.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "operations/opencl/launch.h"

namespace normlab::opencl {

class ProgramText {
 public:
  explicit ProgramText(const DeviceShape& device) : device_(device) {}

  // The name of its kernel.
  std::string Add(const Launch& launch);
  // Of one that does what they all do, which are equal but for what they are handed: work items of
  // each in turn, along the third axis. Behind the arguments of each it has its places and tiles.
  std::string Add(std::span<const Launch* const> launches);
  // Equal for launches that can be one.
  static std::string KindOf(const Launch& launch);
  std::string text() const;

 private:
  std::string Add(const Launch& launch, const std::string& signature, const std::string& places);

  DeviceShape device_;
  std::map<std::string, std::string> names_;  // by what follows the name
  std::string kernels_;
};

}  // namespace normlab::opencl
