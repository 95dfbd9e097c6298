// What a pass hands over of its images.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/shape.h"
#include "engine/opencl/image_pools.h"
#include "operations/batch.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

// One of three: a pool on the device, bytes, or floats.
struct PassImages {
  int pool = -1;                         // its buffer
  std::span<const std::uint8_t> bytes;   // [count][C][H][W]
  std::span<const float> floats;         // the same
  std::span<const std::uint32_t> words;  // operations/opencl/images.h
};

// Prepares them, for one model of a stack, on the thread of its training.
class ImagePreparation {
 public:
  ImagePreparation(const Shape& input, const DeviceShape& device, int model)
      : input_(input), device_(device), model_(model) {}

  // Lives until the next call.
  PassImages Prepare(const Batch& batch, ImagePools& pools);

 private:
  void FillWords(const Batch& batch, const std::uint32_t* places);

  Shape input_;
  DeviceShape device_;
  int model_;
  std::vector<std::uint8_t> bytes_;
  std::vector<float> floats_;
  std::vector<std::uint32_t> words_;
};

}  // namespace normlab::opencl
