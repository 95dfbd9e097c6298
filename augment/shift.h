// A shifted crop: pad on all sides, then cut the image's own size out at a random place. This is
// torchvision's RandomCrop(size, padding=padding, fill=fill), with reflection
// RandomCrop(size, padding=padding, padding_mode="reflect").
#pragma once

#include <cstdint>

#include "base/philox.h"
#include "base/shape.h"

namespace normlab {

struct ShiftRanges {
  int padding = 0;
  std::uint8_t fill = 0;
  bool reflect = false;  // the border shows the image mirrored at its outermost pixels
};

// The corner of the crop in the padded image, 0 .. 2*padding; `padding` itself leaves all in place.
struct ShiftParameters {
  int top = 0;
  int left = 0;
};

// Two draws, top then left; none when padding is 0.
ShiftParameters DrawShift(const ShiftRanges& ranges, RandomStream& stream);

void ApplyShift(const std::uint8_t* image, Shape shape, const ShiftRanges& ranges,
                const ShiftParameters& parameters, std::uint8_t* result);

}  // namespace normlab
