#include "augment/color.h"

#include <cassert>

namespace normlab {
namespace {

// Truncated, then clamped in 16 bits, for which the baseline instruction set has vectors: the same
// as clamping first, because truncation goes towards zero. For factors in [0, 1], where Pillow does
// not clamp, there is nothing to clamp.
std::uint8_t Blend(int plain, int pixel, float factor) {
  const float blended = static_cast<float>(plain) + factor * static_cast<float>(pixel - plain);
  const auto whole = static_cast<std::int16_t>(static_cast<int>(blended));
  const std::int16_t above_zero = whole > 0 ? whole : std::int16_t{0};
  return static_cast<std::uint8_t>(above_zero < 255 ? above_zero : std::int16_t{255});
}

void BlendWithConstant(std::uint8_t* image, Shape shape, int plain, double factor) {
  assert(factor >= 0 && factor <= kLargestFactor);
  const float factor32 = static_cast<float>(factor);
  const std::size_t size = shape.size();
  for (std::size_t i = 0; i < size; ++i) image[i] = Blend(plain, image[i], factor32);
}

// Weights of 16 binary places, rounded half up.
int Grey(int red, int green, int blue) {
  return (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16;
}

double GreyMean(const std::uint8_t* image, Shape shape) {
  const std::size_t pixels = shape.pixels();
  std::uint64_t sum = 0;
  if (shape.channels == 1) {
    for (int row = 0; row < shape.height; ++row, image += shape.width) {
      std::uint32_t row_sum = 0;  // narrow, for twice the lanes
      for (int column = 0; column < shape.width; ++column) row_sum += image[column];
      sum += row_sum;
    }
  } else {
    assert(shape.channels == 3);
    for (std::size_t i = 0; i < pixels; ++i) {
      sum += static_cast<std::uint64_t>(Grey(image[i], image[i + pixels], image[i + 2 * pixels]));
    }
  }
  return static_cast<double>(sum) / static_cast<double>(pixels);
}

}  // namespace

void AdjustBrightness(std::uint8_t* image, Shape shape, double factor) {
  BlendWithConstant(image, shape, 0, factor);
}

void AdjustContrast(std::uint8_t* image, Shape shape, double factor) {
  BlendWithConstant(image, shape, static_cast<int>(GreyMean(image, shape) + 0.5), factor);
}

void AdjustSaturation(std::uint8_t* image, Shape shape, double factor) {
  if (shape.channels == 1) return;
  assert(shape.channels == 3);
  assert(factor >= 0 && factor <= kLargestFactor);
  const float factor32 = static_cast<float>(factor);
  const std::size_t pixels = shape.pixels();
  std::uint8_t *red = image, *green = image + pixels, *blue = image + 2 * pixels;
  for (std::size_t i = 0; i < pixels; ++i) {
    const int grey = Grey(red[i], green[i], blue[i]);
    red[i] = Blend(grey, red[i], factor32);
    green[i] = Blend(grey, green[i], factor32);
    blue[i] = Blend(grey, blue[i], factor32);
  }
}

}  // namespace normlab
