#include "augment/rectangle.h"

#include <algorithm>

namespace normlab {

void PaintOver(const std::uint8_t* image, Shape shape, const Rectangle& rectangle,
               std::uint8_t fill, std::uint8_t* result) {
  std::copy_n(image, shape.size(), result);
  const int top = std::max(rectangle.top, 0), left = std::max(rectangle.left, 0);
  const int bottom = std::min(rectangle.top + rectangle.height, shape.height);
  const int right = std::min(rectangle.left + rectangle.width, shape.width);
  if (right <= left) return;
  for (int channel = 0; channel < shape.channels; ++channel) {
    for (int row = top; row < bottom; ++row) {
      std::uint8_t* line = result + (channel * shape.height + row) * shape.width;
      std::fill(line + left, line + right, fill);
    }
  }
}

}  // namespace normlab
