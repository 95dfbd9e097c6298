// torchvision's RandomRotation(degrees, fill=fill): about the image's centre, nearest neighbour,
// the size kept (expand=False).
#pragma once

#include <cstdint>

#include "augment/resample.h"
#include "augment/uniform_range.h"

namespace normlab {

struct RotationRanges {
  UniformRange degrees;
  std::uint8_t fill = 0;
};

struct RotationParameters {
  double angle = 0;  // degrees, counter-clockwise
};

// One draw: the angle.
RotationParameters DrawRotation(const RotationRanges& ranges, RandomStream& stream);

// Pillow's Image.rotate; its cosines are rounded to 15 decimals, so that right angles are exact.
InverseAffine RotationMap(Shape shape, const RotationParameters& parameters);

void ApplyRotation(const std::uint8_t* image, Shape shape, const RotationRanges& ranges,
                   const RotationParameters& parameters, std::uint8_t* result);

}  // namespace normlab
