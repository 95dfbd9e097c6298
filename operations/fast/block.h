// Blocks of 16 images, innermost: [block][C][H][W][16], float32. Every SIMD lane is an image.
//
// A map may carry a border (halo) of zeros around each channel's rows, so that a padded convolution
// reads past the edge without a test; strides are therefore explicit. The border is zeroed once,
// when memory is planned, and is never written afterwards.
#pragma once

#include <cstddef>

#include "base/shape.h"

namespace normlab {

inline constexpr int kBlock = 16;  // images per block

constexpr int BlocksFor(int images) { return (images + kBlock - 1) / kBlock; }

// Who computes what: a block of the batch, and which of the network's threads has taken it.
struct WorkUnit {
  int block = 0;
  int worker = 0;
  WorkUnit(int block_of_batch, int worker_of_pool = 0)  // NOLINT: a block alone is enough for one
      : block(block_of_batch), worker(worker_of_pool) {}
};

// One block of one map. Strides count floats. at(c, y, x) points to the 16 images' values of a
// pixel.
struct BlockView {
  float* origin = nullptr;  // channel 0, row 0, column 0, lane 0 (inside the border)
  Shape shape;
  std::size_t row_stride = 0;
  std::size_t channel_stride = 0;

  float* at(int channel, int row, int column) const {
    return origin + static_cast<std::size_t>(channel) * channel_stride +
           static_cast<std::ptrdiff_t>(row) * static_cast<std::ptrdiff_t>(row_stride) +
           static_cast<std::ptrdiff_t>(column) * kBlock;
  }
  // `count` channels from `first` on.
  BlockView Channels(int first, int count) const {
    BlockView part = *this;
    part.origin += static_cast<std::size_t>(first) * channel_stride;
    part.shape.channels = count;
    return part;
  }
};

}  // namespace normlab
