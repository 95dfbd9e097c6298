// What kernels are written for on a device.
#pragma once

#include <algorithm>
#include <string>

#include "engine/opencl/devices.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

// `vector` 0: a CPU's registers; a GPU has work items instead.
inline DeviceShape ShapeFor(const Device& device, int max_batch, int vector) {
  DeviceShape shape;
  if (vector == 0) vector = !device.is_cpu ? 1 : std::clamp(device.vector, 4, 16);
  shape.vector = vector;
  // A GPU runs 32 or 64 work items together.
  const int whole = vector == 1 ? 32 : vector;
  shape.images = (max_batch + whole - 1) / whole * whole;
  shape.group_lanes = vector == 1 ? std::min(shape.lanes(), 64) : 1;
  shape.output_tile = vector == 1 ? 8 : 4;
  const auto units = static_cast<std::size_t>(std::max(1, device.units));
  shape.wanted = vector == 1 ? 1024 * units : 4 * units;
  return shape;
}

// Work items of a group along the lanes; 0: as the driver likes.
inline int LocalLanes(const DeviceShape& shape) {
  if (shape.vector > 1) return 0;
  return shape.lanes() % 64 == 0 ? 64 : 32;
}

inline std::string BuildOptions(const Device&) { return "-cl-std=CL1.2"; }

}  // namespace normlab::opencl
