// A filter as a map: what makes filters of others is written as what makes maps.
#pragma once

#include <cstddef>
#include <vector>

#include "operations/opencl/launch.h"

namespace normlab::opencl {

// What a filter's kernels are written for where the maps' are written for `device`: single lanes of
// one image.
inline DeviceShape FilterShape(DeviceShape device) {
  device.vector = device.images = device.group_lanes = 1;
  return device;
}

// Of a filter [O I Y X]: an image of O groups of I channels, Y rows, X columns, which lies as the
// filter does. Whether gradients of what stands beside it are added is left to set. `device`: what
// the maps' kernels are written for.
inline DevicePlacement FilterPlacement(const std::vector<int>& shape, const DeviceShape& device) {
  DevicePlacement placement;
  placement.attributes = {{"groups", static_cast<double>(shape[0])}};
  placement.output = {shape[0] * shape[1], shape[2], shape[3]};
  placement.inputs = {placement.output};
  placement.device = FilterShape(device);
  placement.has_gradient = {true};
  return placement;
}

// What it takes of one.
inline std::size_t FloatsOfFilter(const Scratch& scratch) {
  return scratch.floats + scratch.per_image;
}

}  // namespace normlab::opencl
