// torchvision's RandomHorizontalFlip(p).
#pragma once

#include <cstdint>

#include "base/philox.h"
#include "base/shape.h"

namespace normlab {

struct FlipRanges {
  double p = 0.5;  // probability
};

struct FlipParameters {
  bool flipped = false;
};

// One draw: flipped where a uniform number in [0, 1) is below p.
FlipParameters DrawFlip(const FlipRanges& ranges, RandomStream& stream);

void ApplyFlip(const std::uint8_t* image, Shape shape, const FlipParameters& parameters,
               std::uint8_t* result);

}  // namespace normlab
