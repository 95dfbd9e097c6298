// Hue, saturation and value in 8 bits, and back. The hexagon model (Smith, "Color gamut transform
// pairs", SIGGRAPH 1978), with Pillow's precision at each step: where it goes through float32 or
// double decides single bits, and the tests compare with it bit for bit.
#include <algorithm>
#include <cassert>
#include <cmath>

#include "augment/color.h"

namespace normlab {
namespace {

struct Hsv {
  std::uint8_t hue, saturation, value;
};

struct Rgb {
  std::uint8_t red, green, blue;
};

// `fraction` is in [0, 1].
std::uint8_t Quantize(float fraction) { return static_cast<std::uint8_t>(fraction * 255.0); }

Hsv ToHsv(Rgb colour) {
  const int most = std::max({colour.red, colour.green, colour.blue});
  const int least = std::min({colour.red, colour.green, colour.blue});
  const auto value = static_cast<std::uint8_t>(most);
  if (most == least) return {0, 0, value};
  const float spread = static_cast<float>(most - least);
  const auto distance = [&](int channel) { return static_cast<float>(most - channel) / spread; };
  const float red = distance(colour.red), green = distance(colour.green);
  const float blue = distance(colour.blue);
  float sextant;  // -1 .. 5
  if (colour.red == most) {
    sextant = blue - green;
  } else if (colour.green == most) {
    sextant = static_cast<float>(2.0 + red - blue);
  } else {
    sextant = static_cast<float>(4.0 + green - red);
  }
  const double turn = sextant / 6.0 + 1.0;  // modulo 1, below
  const auto hue = static_cast<float>(turn < 1.0 ? turn : turn - 1.0);
  return {Quantize(hue), Quantize(spread / static_cast<float>(most)), value};
}

Rgb ToRgb(Hsv colour) {
  if (colour.saturation == 0) return {colour.value, colour.value, colour.value};
  const int sextant = colour.hue * 6 / 255;  // 0 .. 6: hue 255 is a whole turn
  const auto rest = static_cast<float>(colour.hue * 6.0 / 255.0 - sextant);
  const auto saturation = static_cast<float>(colour.saturation / 255.0);
  const auto darkened = [&](double by) {
    return static_cast<std::uint8_t>(colour.value * (1.0 - by) + 0.5);
  };
  const std::uint8_t value = colour.value, lowest = darkened(saturation);
  const std::uint8_t falling = darkened(saturation * rest);
  const std::uint8_t rising = darkened(saturation * (1.0 - rest));
  switch (sextant % 6) {
    case 0:
      return {value, rising, lowest};
    case 1:
      return {falling, value, lowest};
    case 2:
      return {lowest, value, rising};
    case 3:
      return {lowest, falling, value};
    case 4:
      return {rising, lowest, value};
    default:
      return {value, lowest, falling};
  }
}

}  // namespace

void AdjustHue(std::uint8_t* image, Shape shape, double factor) {
  if (shape.channels == 1) return;
  assert(shape.channels == 3 && std::abs(factor) <= 0.5);
  const int steps = static_cast<int>(factor * 255);
  const std::size_t pixels = shape.pixels();
  std::uint8_t *red = image, *green = image + pixels, *blue = image + 2 * pixels;
  for (std::size_t i = 0; i < pixels; ++i) {
    Hsv colour = ToHsv({red[i], green[i], blue[i]});
    colour.hue = static_cast<std::uint8_t>(colour.hue + steps);  // modulo 256, as torchvision does
    const Rgb turned = ToRgb(colour);
    red[i] = turned.red;
    green[i] = turned.green;
    blue[i] = turned.blue;
  }
}

}  // namespace normlab
