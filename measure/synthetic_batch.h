// Images and labels drawn once, for measuring what does not depend on what is seen.
#pragma once

#include <cstdint>
#include <vector>

#include "operations/batch.h"

namespace normlab {

// They wait in the engine's layout (as a PyTorch tensor waits in PyTorch's, where the two race), so
// that reading and augmenting data is no part of what is measured.
class SyntheticBatch : public BlockSource {
 public:
  SyntheticBatch(Shape shape, int classes, int count, std::uint64_t seed);

  Batch batch() const {
    return {static_cast<int>(labels_.size()), this, labels_.data(), image_ids_.data()};
  }
  void FillBlock(int block, const BlockView& view) const override;

  const std::vector<float>& pixels() const { return pixels_; }  // [N][C][H][W]
  const std::vector<std::uint8_t>& labels() const { return labels_; }

 private:
  Shape shape_;
  std::vector<float> pixels_;
  std::vector<float> lanes_;  // [block][C][H][W][16]
  std::vector<std::uint8_t> labels_;
  std::vector<std::uint32_t> image_ids_;
};

}  // namespace normlab
