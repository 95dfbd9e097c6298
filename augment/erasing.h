// torchvision's RandomErasing(p, scale, ratio, value): a rectangle of a random area and shape that
// lies within the image is painted over.
#pragma once

#include <cstdint>
#include <optional>

#include "augment/rectangle.h"
#include "augment/uniform_range.h"
#include "base/philox.h"

namespace normlab {

struct ErasingRanges {
  double p = 0.5;                     // probability
  UniformRange scale = {0.02, 0.33};  // of the image's area
  UniformRange ratio = {0.3, 3.3};    // height over width
  std::uint8_t fill = 0;
};

// Height and width of that part of the image's area, at that height over width; halves to even.
Rectangle ErasedSize(Shape shape, double part, double ratio);

// Draws: whether it erases (a uniform number below p); then, at most ten times until one fits into
// the image, the area and the logarithm of the ratio; then top and left. Nothing: it does not
// erase, or none of the ten fits.
std::optional<Rectangle> DrawErasing(const ErasingRanges& ranges, Shape shape,
                                     RandomStream& stream);

}  // namespace normlab
