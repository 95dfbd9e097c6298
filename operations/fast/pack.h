// Images as they are handed over, [C][H][W], into the lanes of a block.
#pragma once

#include <cstddef>

#include "operations/fast/block.h"
#include "operations/fast/simd.h"

namespace normlab {

// Image i of `count`, 1 to 16, goes to lane i; the lanes past the last one become zeros. Images are
// [C][H][W] of the view's shape and begin `stride` floats apart. The map's border is not touched.
void PackBlock(Simd simd, const float* images, std::size_t stride, int count,
               const BlockView& view);

// The stride that packs fastest. All 16 images are read at once, and a multiple of 4096 bytes apart
// (as those of 3 x 32 x 32 pixels are) they would contend for the same lines of the first cache.
inline std::size_t PackStride(const Shape& shape) { return shape.size() + kBlock; }

}  // namespace normlab
