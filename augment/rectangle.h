// A rectangle of an image painted over.
#pragma once

#include <cstdint>

#include "base/shape.h"

namespace normlab {

struct Rectangle {
  int top = 0, left = 0, height = 0, width = 0;
};

// In all channels; what lies beyond the image is nothing.
void PaintOver(const std::uint8_t* image, Shape shape, const Rectangle& rectangle,
               std::uint8_t fill, std::uint8_t* result);

}  // namespace normlab
