#include "engine/fast/block_values.h"

#include <cmath>

namespace normlab {

bool IsFinite(const BlockView& view, int lanes) {
  for (int c = 0; c < view.shape.channels; ++c) {
    for (int row = 0; row < view.shape.height; ++row) {
      for (int column = 0; column < view.shape.width; ++column) {
        for (int lane = 0; lane < lanes; ++lane) {
          if (!std::isfinite(view.at(c, row, column)[lane])) return false;
        }
      }
    }
  }
  return true;
}

// The image in one lane, as [C][H][W].
void CopyImage(const BlockView& view, int lane, float* image) {
  for (int c = 0; c < view.shape.channels; ++c) {
    for (int row = 0; row < view.shape.height; ++row) {
      for (int column = 0; column < view.shape.width; ++column) {
        *image++ = view.at(c, row, column)[lane];
      }
    }
  }
}

void Normalize(const BlockView& affine, Shape shape, int lane, float* image) {
  for (int c = 0; c < shape.channels; ++c) {
    const float mean = affine.at(c, 0, 0)[lane], scale = affine.at(c, 1, 0)[lane];
    const float bias = affine.at(c, 2, 0)[lane];
    for (std::size_t pixel = 0; pixel < shape.pixels(); ++pixel, ++image) {
      *image = (*image - mean) * scale + bias;
    }
  }
}

void Rectify(std::span<float> values) {
  for (float& value : values) value = value <= 0 ? 0.0f : value;
}

void AddMap(const BlockView& from, const BlockView& to) {
  for (int c = 0; c < from.shape.channels; ++c) {
    for (int row = 0; row < from.shape.height; ++row) {
      const float* add = from.at(c, row, 0);
      float* sum = to.at(c, row, 0);
      for (int i = 0; i < from.shape.width * kBlock; ++i) sum[i] += add[i];
    }
  }
}

}  // namespace normlab
