#include "measure/synthetic_batch.h"

#include <algorithm>

#include "base/philox.h"

namespace normlab {
namespace {

constexpr double kLargestPixel = 1.7;  // about the deviations that normalized images span

}  // namespace

SyntheticBatch::SyntheticBatch(Shape shape, int classes, int count, std::uint64_t seed)
    : shape_(shape), pixels_(shape.size() * static_cast<std::size_t>(count)) {
  RandomStream random(seed, Purpose::kSamples, 0, 0);
  for (float& pixel : pixels_) {
    pixel = static_cast<float>(random.Uniform(-kLargestPixel, kLargestPixel));
  }
  for (int n = 0; n < count; ++n) {
    labels_.push_back(static_cast<std::uint8_t>(random.Below(classes)));
    image_ids_.push_back(static_cast<std::uint32_t>(n));
  }
}

void SyntheticBatch::Fill(int first, int count, float* images) const {
  const std::size_t size = shape_.size();
  std::copy_n(&pixels_[static_cast<std::size_t>(first) * size],
              static_cast<std::size_t>(count) * size, images);
}

}  // namespace normlab
