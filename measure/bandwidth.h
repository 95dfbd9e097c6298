// How fast memory gives and takes: STREAM's triad, a = b + s * c, over arrays that no cache holds.
#pragma once

#include <cstddef>

#include "engine/fast/thread_pool.h"
#include "hwy/aligned_allocator.h"
#include "measure/hardware.h"

namespace normlab {

// Four times the last cache, as STREAM asks for, but at most a quarter of the memory that is free;
// a stated size where the cache is not known.
std::size_t BandwidthBytes(const Hardware& hardware);

class BandwidthArrays {
 public:
  BandwidthArrays(std::size_t bytes, ThreadPool& pool, int threads);  // of the three together
  std::size_t bytes() const { return 3 * size_ * sizeof(float); }

  // Bytes per second of `threads` together, counted as STREAM does: two arrays read, one written,
  // without the read that a write to memory needs beforehand.
  double Triad(ThreadPool& pool, int threads);

 private:
  std::size_t size_;  // floats of one array
  hwy::AlignedFreeUniquePtr<float[]> a_, b_, c_;
};

}  // namespace normlab
