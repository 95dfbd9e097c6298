// Memory for one map of a whole batch, planned once.
#pragma once

#include <algorithm>
#include <new>

#include "engine/block.h"
#include "hwy/aligned_allocator.h"

namespace normlab {

// [block][C][H + 2 halo][W + 2 halo][16], 64-byte aligned, zero at first; the border stays zero.
class BlockTensor {
 public:
  BlockTensor(Shape shape, int blocks, int halo)
      : shape_(shape),
        row_stride_(static_cast<std::size_t>(shape.width + 2 * halo) * kBlock),
        channel_stride_(row_stride_ * static_cast<std::size_t>(shape.height + 2 * halo)),
        block_stride_(channel_stride_ * static_cast<std::size_t>(shape.channels)),
        inside_(halo * row_stride_ + static_cast<std::size_t>(halo) * kBlock),
        values_(hwy::AllocateAligned<float>(block_stride_ * static_cast<std::size_t>(blocks))) {
    if (values_ == nullptr) throw std::bad_alloc();
    std::fill_n(values_.get(), block_stride_ * static_cast<std::size_t>(blocks), 0.0f);
  }

  BlockView block(int index) const {
    return {values_.get() + static_cast<std::size_t>(index) * block_stride_ + inside_, shape_,
            row_stride_, channel_stride_};
  }
  const Shape& shape() const { return shape_; }

 private:
  Shape shape_;
  std::size_t row_stride_, channel_stride_, block_stride_, inside_;
  hwy::AlignedFreeUniquePtr<float[]> values_;
};

}  // namespace normlab
