// Memory for one map, planned once: of a whole batch, or only of the blocks that are at work.
#pragma once

#include <cstddef>

#include "operations/fast/aligned_zeros.h"
#include "operations/fast/block.h"

namespace normlab {

// How long a map's values are held. What only the next operations on the same block need is held
// per worker: it is written again for the next block while it is still in that core's cache, and
// memory far away never sees it.
enum class Held { kPerBlock, kPerWorker };

// [block or worker][C][H + 2 halo][W + 2 halo][16], 64-byte aligned, zero at first; the border
// stays zero. Where the pixels of a channel are a multiple of 8, four more pixels' room lies
// between it and the next: with a stride of 4 KiB, say, one pixel of all channels would lie in one
// set of the first-level cache, and a convolution that reads it for several outputs would not find
// it there again.
class BlockTensor {
 public:
  // Of a channel and what lies between it and the next.
  static std::size_t FloatsOfChannel(const Shape& shape, int halo) {
    const std::size_t pixels = static_cast<std::size_t>(shape.height + 2 * halo) *
                               static_cast<std::size_t>(shape.width + 2 * halo);
    return (pixels % 8 == 0 ? pixels + 4 : pixels) * kBlock;
  }

  BlockTensor(Shape shape, int copies, int halo, Held held = Held::kPerBlock)
      : shape_(shape),
        held_(held),
        row_stride_(static_cast<std::size_t>(shape.width + 2 * halo) * kBlock),
        channel_stride_(FloatsOfChannel(shape, halo)),
        block_stride_(channel_stride_ * static_cast<std::size_t>(shape.channels)),
        inside_(halo * row_stride_ + static_cast<std::size_t>(halo) * kBlock),
        values_(AlignedZeros(block_stride_ * static_cast<std::size_t>(copies))) {}

  BlockView block(WorkUnit unit) const {
    const int index = held_ == Held::kPerBlock ? unit.block : unit.worker;
    return {values_.get() + static_cast<std::size_t>(index) * block_stride_ + inside_, shape_,
            row_stride_, channel_stride_};
  }
  const Shape& shape() const { return shape_; }
  Held held() const { return held_; }

 private:
  Shape shape_;
  Held held_;
  std::size_t row_stride_, channel_stride_, block_stride_, inside_;
  AlignedFloats values_;
};

}  // namespace normlab
