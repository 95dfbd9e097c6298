// Memory for what the fast engine computes in.
#pragma once

#include <cstddef>

#include "hwy/aligned_allocator.h"

namespace normlab {

using AlignedFloats = hwy::AlignedFreeUniquePtr<float[]>;

// So many zeros, 64-byte aligned, in pages of 2 MiB where the system has some: a training step goes
// through more pages of 4 KiB than a core knows the addresses of, and without it takes 1 to 2 %
// more time (docs/performance.md). Throws std::bad_alloc.
AlignedFloats AlignedZeros(std::size_t count);

}  // namespace normlab
