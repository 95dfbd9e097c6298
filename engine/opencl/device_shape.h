// What kernels are written for on a device.
#pragma once

#include <algorithm>
#include <array>
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

// Work items of a group. PoCL compiles a kernel anew for every size of a group, so it is not left
// to choose one for each size of a layer; a GPU has 32 or 64 run together.
inline std::array<std::size_t, 3> GroupOf(const DeviceShape& shape, const Launch& launch) {
  if (launch.across == Across::kGroupLanes) {
    return {static_cast<std::size_t>(shape.group_lanes), 1, 1};
  }
  const bool gpu = shape.vector == 1;
  if (launch.across == Across::kLanes) {
    const int lanes = gpu                   ? shape.lanes() % 64 == 0 ? 64 : 32
                      : shape.lanes() <= 16 ? shape.lanes()
                                            : 1;
    return {static_cast<std::size_t>(lanes), 1, 1};
  }
  std::size_t tiles = gpu ? 64 : 1;
  while (launch.tiles % tiles != 0) tiles /= 2;
  return {1, 1, tiles};
}

// Divisions and roots as the processor has them, where the device can.
inline std::string BuildOptions(const Device& device) {
  return device.rounds_correctly ? "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt"
                                 : "-cl-std=CL1.2";
}

}  // namespace normlab::opencl
