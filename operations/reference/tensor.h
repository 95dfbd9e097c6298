// Activations of the plain engine: [N][C][H][W], row-major, one vector.
#pragma once

#include <cstddef>
#include <vector>

#include "base/shape.h"

namespace normlab::reference {

template <typename T>
struct Tensor {
  int images = 0;
  Shape shape;
  std::vector<T> values;

  Tensor() = default;
  Tensor(int image_count, Shape image_shape) { Resize(image_count, image_shape); }

  // Values are unspecified afterwards. Does not allocate once the largest size was seen.
  void Resize(int image_count, Shape image_shape) {
    images = image_count;
    shape = image_shape;
    values.resize(shape.size() * static_cast<std::size_t>(images));
  }

  T* image(int n) { return values.data() + static_cast<std::size_t>(n) * shape.size(); }
  const T* image(int n) const { return values.data() + static_cast<std::size_t>(n) * shape.size(); }
  T* plane(int n, int c) { return image(n) + static_cast<std::size_t>(c) * shape.pixels(); }
  const T* plane(int n, int c) const {
    return image(n) + static_cast<std::size_t>(c) * shape.pixels();
  }
};

}  // namespace normlab::reference
