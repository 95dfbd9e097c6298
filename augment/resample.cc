#include "augment/resample.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace normlab {
namespace {

// 48.16 fixed point, rounded half up.
std::int64_t Fixed(double value) {
  return static_cast<std::int64_t>(std::floor(value * 65536.0 + 0.5));
}

struct FixedPoint {
  std::int64_t x, y;
};

std::uint64_t Packed(FixedPoint point) {
  return (static_cast<std::uint64_t>(point.y) << 32) + static_cast<std::uint64_t>(point.x);
}

struct PlaneSize {
  std::int64_t width, height;

  // Both coordinates in range; the unsigned comparison also catches negative ones.
  bool Contains(FixedPoint point) const {
    return static_cast<std::uint64_t>(point.x) < static_cast<std::uint64_t>(width << 16) &&
           static_cast<std::uint64_t>(point.y) < static_cast<std::uint64_t>(height << 16);
  }
};

// The columns that look at the image are one interval (a line meets a rectangle in a segment), so
// only the pixels outside it, and one at each end, are tested.
void ResampleRow(const std::uint8_t* plane, PlaneSize size, FixedPoint start, FixedPoint step,
                 std::uint8_t fill, std::uint8_t* row) {
  const auto at = [&](std::int64_t column) {
    return FixedPoint{start.x + column * step.x, start.y + column * step.y};
  };
  std::int64_t first = 0, last = size.width;
  while (first < last && !size.Contains(at(first))) row[first++] = fill;
  while (last > first && !size.Contains(at(last - 1))) row[--last] = fill;
  // Inside, both are non-negative, and their whole parts fit 16 bits: y * 2^32 + x is one number.
  std::uint64_t both = Packed(at(first));
  const std::uint64_t both_step = Packed(step);
  const auto width = static_cast<std::uint64_t>(size.width);
  for (std::int64_t column = first; column < last; ++column, both += both_step) {
    row[column] = plane[(both >> 48) * width + (both >> 16 & 0xFFFF)];
  }
}

void ResampleFixed(const std::uint8_t* plane, Shape shape, const InverseAffine& map,
                   std::uint8_t fill, std::uint8_t* result) {
  const PlaneSize size{shape.width, shape.height};
  const FixedPoint step{Fixed(map.a), Fixed(map.d)};
  const FixedPoint row_step{Fixed(map.b), Fixed(map.e)};
  FixedPoint start{Fixed(map.c + map.a * 0.5 + map.b * 0.5),
                   Fixed(map.f + map.d * 0.5 + map.e * 0.5)};
  for (int row = 0; row < shape.height; ++row, result += shape.width) {
    ResampleRow(plane, size, start, step, fill, result);
    start.x += row_step.x;
    start.y += row_step.y;
  }
}

// Without rotation and shear. Sums, not products, so that the last bit is Pillow's too.
void ResampleScaled(const std::uint8_t* plane, Shape shape, const InverseAffine& map,
                    std::uint8_t fill, std::uint8_t* result) {
  double y = map.f + map.e * 0.5;
  for (int row = 0; row < shape.height; ++row, result += shape.width, y += map.e) {
    std::fill_n(result, shape.width, fill);
    if (!(y >= 0 && y < shape.height)) continue;
    const std::uint8_t* source = plane + static_cast<int>(y) * shape.width;
    double x = map.c + map.a * 0.5;
    for (int column = 0; column < shape.width; ++column, x += map.a) {
      if (x >= 0 && x < shape.width) result[column] = source[static_cast<int>(x)];
    }
  }
}

}  // namespace

void ResampleNearest(const std::uint8_t* image, Shape shape, const InverseAffine& map,
                     std::uint8_t fill, std::uint8_t* result) {
  assert(shape.height < 1 << 16 && shape.width < 1 << 16);
  const auto resample = map.b == 0 && map.d == 0 ? ResampleScaled : ResampleFixed;
  for (int channel = 0; channel < shape.channels; ++channel) {
    resample(image + channel * shape.pixels(), shape, map, fill, result + channel * shape.pixels());
  }
}

}  // namespace normlab
