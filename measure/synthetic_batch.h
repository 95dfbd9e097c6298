// Images and labels drawn once, for measuring what does not depend on what is seen.
#pragma once

#include <cstdint>
#include <vector>

#include "base/shape.h"
#include "operations/batch.h"

namespace normlab {

// They wait as floats (as a PyTorch tensor does, where the two race), so that reading and
// augmenting data is no part of what is measured.
class SyntheticBatch : public ImageSource {
 public:
  SyntheticBatch(Shape shape, int classes, int count, std::uint64_t seed);

  Batch batch() const {
    return {static_cast<int>(labels_.size()), this, labels_.data(), image_ids_.data()};
  }
  void Fill(int first, int count, float* images) const override;

  const std::vector<float>& pixels() const { return pixels_; }  // [N][C][H][W]
  const std::vector<std::uint8_t>& labels() const { return labels_; }

 private:
  Shape shape_;
  std::vector<float> pixels_;
  std::vector<std::uint8_t> labels_;
  std::vector<std::uint32_t> image_ids_;
};

}  // namespace normlab
