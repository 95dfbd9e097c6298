// Memory for the passing needs of one operation, one piece for each worker and shared by all
// operations, so that it stays in that core's cache.
#pragma once

#include <algorithm>
#include <cstddef>

#include "operations/fast/aligned_zeros.h"
#include "operations/fast/block.h"

namespace normlab {

class Workspace {
 public:
  // While operations are built: each says how many floats it needs.
  void Reserve(std::size_t floats) {
    size_ = std::max(size_, (floats + kBlock - 1) / kBlock * kBlock);
  }

  // Once, before the first pass.
  void Allocate(int workers) { values_ = AlignedZeros(size_ * static_cast<std::size_t>(workers)); }

  // 64-byte aligned; holds whatever the worker's last operation left.
  float* of(WorkUnit unit) const {
    return values_.get() + static_cast<std::size_t>(unit.worker) * size_;
  }

 private:
  std::size_t size_ = kBlock;
  AlignedFloats values_;
};

}  // namespace normlab
