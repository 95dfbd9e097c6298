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
  shape.group_tiles = vector == 1 ? 64 : 1;
  shape.output_tile = vector == 1 ? 8 : 4;
  const auto units = static_cast<std::size_t>(std::max(1, device.units));
  shape.wanted = vector == 1 ? 1024 * units : 4 * units;
  return shape;
}

inline int WorkItemsAcross(const DeviceShape& shape, Across across) {
  return across == Across::kOne ? 1 : across == Across::kLanes ? shape.lanes() : shape.group_lanes;
}

// Work items of a group. PoCL compiles a kernel anew for every size of a group, so it is not left
// to choose one for each size of a layer; a GPU has 32 or 64 run together.
inline std::array<std::size_t, 3> GroupOf(const DeviceShape& shape, const Launch& launch) {
  const auto across = static_cast<std::size_t>(WorkItemsAcross(shape, launch.across));
  if (across == 1) {
    auto tiles = static_cast<std::size_t>(shape.group_tiles);
    while (launch.tiles % tiles != 0) tiles /= 2;
    return {1, 1, tiles};
  }
  if (launch.across == Across::kGroupLanes) return {across, 1, 1};
  if (shape.vector == 1) return {across % 64 == 0 ? std::size_t{64} : 32, 1, 1};
  return {across <= 16 ? across : 1, 1, 1};
}

// Divisions and roots as the processor has them, where the device can.
inline std::string BuildOptions(const Device& device) {
  return device.rounds_correctly ? "-cl-std=CL1.2 -cl-fp32-correctly-rounded-divide-sqrt"
                                 : "-cl-std=CL1.2";
}

}  // namespace normlab::opencl
