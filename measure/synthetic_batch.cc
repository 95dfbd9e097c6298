#include "measure/synthetic_batch.h"

#include <algorithm>

#include "base/philox.h"

namespace normlab {
namespace {

constexpr double kLargestPixel = 1.7;  // about the deviations that normalized images span

}  // namespace

SyntheticBatch::SyntheticBatch(Shape shape, int classes, int count, std::uint64_t seed)
    : shape_(shape),
      pixels_(shape.size() * static_cast<std::size_t>(count)),
      lanes_(shape.size() * kBlock * static_cast<std::size_t>(BlocksFor(count))) {
  RandomStream random(seed, Purpose::kSamples, 0, 0);
  for (float& pixel : pixels_) {
    pixel = static_cast<float>(random.Uniform(-kLargestPixel, kLargestPixel));
  }
  for (int n = 0; n < count; ++n) {
    labels_.push_back(static_cast<std::uint8_t>(random.Below(classes)));
    image_ids_.push_back(static_cast<std::uint32_t>(n));
    const float* image = &pixels_[static_cast<std::size_t>(n) * shape.size()];
    float* lane = &lanes_[static_cast<std::size_t>(n / kBlock) * shape.size() * kBlock +
                          static_cast<std::size_t>(n % kBlock)];
    for (std::size_t e = 0; e < shape.size(); ++e) lane[e * kBlock] = image[e];
  }
}

void SyntheticBatch::FillBlock(int block, const BlockView& view) const {
  const std::size_t row_size = static_cast<std::size_t>(shape_.width) * kBlock;
  const float* from = &lanes_[static_cast<std::size_t>(block) * shape_.size() * kBlock];
  for (int c = 0; c < shape_.channels; ++c) {
    for (int row = 0; row < shape_.height; ++row, from += row_size) {
      std::copy_n(from, row_size, view.at(c, row, 0));
    }
  }
}

}  // namespace normlab
