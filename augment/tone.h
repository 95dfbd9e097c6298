// Brightness and contrast of an image moved together by one draw each, as the speed runs on
// CIFAR-10 do: (x + b) c on pixels from -1/2 to 1/2. jitter is torchvision's.
#pragma once

#include <cstdint>

#include "base/philox.h"
#include "base/shape.h"

namespace normlab {

struct ToneRanges {
  double brightness = 0;  // b is drawn from -brightness to brightness, in parts of the whole range
  double contrast = 0;    // c from 1 - contrast to 1 + contrast
};

struct ToneParameters {
  double brightness = 0, contrast = 1;
};

// Two draws: brightness, then contrast.
ToneParameters DrawTone(const ToneRanges& ranges, RandomStream& stream);

// round(255 ((x / 255 - 1/2 + b) c + 1/2)), halves to even, kept within 0 to 255.
void ApplyTone(const std::uint8_t* image, Shape shape, const ToneParameters& parameters,
               std::uint8_t* result);

}  // namespace normlab
