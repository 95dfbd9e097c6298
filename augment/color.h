// The adjustments of ColorJitter, in place, bit for bit as torchvision makes them on PIL images.
//
// Brightness, contrast and saturation are one formula, Pillow's blend with a plainer image, in
// float32, truncated after clamping to 0..255:
//   pixel <- plain + factor * (pixel - plain)
// Factors are 0 .. kLargestFactor; shapes have 1 (grey) or 3 (red, green, blue) channels.
#pragma once

#include <cstdint>

#include "base/shape.h"

namespace normlab {

inline constexpr double kLargestFactor = 100;

// The plain image is black.
void AdjustBrightness(std::uint8_t* image, Shape shape, double factor);

// The plain image is the mean of the grey version, rounded half up to a whole number.
void AdjustContrast(std::uint8_t* image, Shape shape, double factor);

// The plain image is the grey version (ITU-R 601: 0.299 red + 0.587 green + 0.114 blue). One
// channel stays as it is.
void AdjustSaturation(std::uint8_t* image, Shape shape, double factor);

// Turns the hue by trunc(factor * 255) steps modulo 256, in Pillow's 8-bit HSV; |factor| <= 0.5.
// One channel stays as it is; three are quantized by the way even for factor 0.
void AdjustHue(std::uint8_t* image, Shape shape, double factor);

}  // namespace normlab
