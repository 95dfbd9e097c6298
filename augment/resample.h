// An image seen through an affine map of coordinates, nearest neighbour, as Pillow does it.
#pragma once

#include <cstdint>

#include "base/shape.h"

namespace normlab {

// From the result's coordinates to the image's:
//   x_image = a * x + b * y + c,   y_image = d * x + e * y + f.
// Pixel (column, row) is taken at its centre, x = column + 0.5, y = row + 0.5.
struct InverseAffine {
  double a = 1, b = 0, c = 0;
  double d = 0, e = 1, f = 0;
};

// Bit for bit Pillow's Image.transform(size, AFFINE, ..., NEAREST, fillcolor=fill): coordinates
// advance in fixed point with 16 binary places, or, for a map without rotation and shear
// (b = d = 0), in double. Pillow leaves fixed point where a coordinate reaches 32768; here the
// integers are wide enough to go on. Height and width are below 65536.
void ResampleNearest(const std::uint8_t* image, Shape shape, const InverseAffine& map,
                     std::uint8_t fill, std::uint8_t* result);

}  // namespace normlab
