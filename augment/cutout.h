// Cutout (DeVries & Taylor 2017, arXiv 1708.04552): a square about a random pixel is painted over;
// part of it may lie beyond the border. There the image is normalized before, so that the square
// has the data's mean; here it has `fill`.
#pragma once

#include <cstdint>

#include "augment/rectangle.h"
#include "base/philox.h"

namespace normlab {

struct CutoutRanges {
  int size = 0;  // pixels along a side; an odd one is one smaller, as in the authors' code
  std::uint8_t fill = 0;
};

// Two draws: the middle's row, then its column.
Rectangle DrawCutout(const CutoutRanges& ranges, Shape shape, RandomStream& stream);

}  // namespace normlab
