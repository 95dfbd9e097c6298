#include "operations/mixed_image.h"

#include <algorithm>
#include <cassert>

namespace normlab {
namespace {

void Blend(float weight, std::size_t size, const float* partner, float* image) {
  const float rest = 1.0f - weight;
  for (std::size_t e = 0; e < size; ++e) image[e] = weight * image[e] + rest * partner[e];
}

void Paste(const Box& box, const Shape& shape, const float* partner, float* image) {
  assert(box.top >= 0 && box.top + box.height <= shape.height);
  assert(box.left >= 0 && box.left + box.width <= shape.width);
  for (int c = 0; c < shape.channels; ++c) {
    for (int row = box.top; row < box.top + box.height; ++row) {
      const std::size_t at = static_cast<std::size_t>(c) * shape.pixels() +
                             static_cast<std::size_t>(row) * shape.width + box.left;
      std::copy_n(partner + at, box.width, image + at);
    }
  }
}

}  // namespace

void FillMixed(const Batch& batch, const Shape& shape, int index, float* image, float* partner) {
  batch.source->Fill(index, 1, image);
  if (batch.mixes == nullptr) return;
  const Mix& mix = batch.mixes[index];
  assert(mix.partner >= 0 && mix.partner < batch.count);
  const bool blends = mix.weight != 1.0f, pastes = !mix.box.empty();
  if (!blends && !pastes) return;
  batch.source->Fill(mix.partner, 1, partner);
  if (blends) Blend(mix.weight, shape.size(), partner, image);
  if (pastes) Paste(mix.box, shape, partner, image);
}

}  // namespace normlab
