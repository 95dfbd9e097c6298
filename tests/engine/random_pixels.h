// Random images for networks under test.
#pragma once

#include "base/philox.h"
#include "base/shape.h"
#include "operations/batch.h"

namespace normlab {

// Uniform within 1 of `shift`; the same for every engine, others in each `pass`.
class RandomPixels : public ImageSource {
 public:
  explicit RandomPixels(const Shape& shape, float shift = 0, std::uint32_t pass = 0)
      : shape_(shape), shift_(shift), pass_(pass) {}

  void Fill(int first, int count, float* images) const override {
    for (int image = first; image < first + count; ++image) {
      RandomStream stream(5, Purpose::kSamples, pass_, static_cast<std::uint32_t>(image));
      for (std::size_t e = 0; e < shape_.size(); ++e) {
        *images++ = static_cast<float>(stream.Uniform(-1, 1)) + shift_;
      }
    }
  }

 private:
  Shape shape_;
  float shift_;
  std::uint32_t pass_;
};

}  // namespace normlab
