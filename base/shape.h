// The size of one image or one layer's map: channels x height x width.
#pragma once

#include <cstddef>

namespace normlab {

struct Shape {
  int channels = 0;
  int height = 0;
  int width = 0;

  std::size_t pixels() const { return static_cast<std::size_t>(height) * width; }
  std::size_t size() const { return pixels() * channels; }
  friend bool operator==(const Shape&, const Shape&) = default;
};

}  // namespace normlab
