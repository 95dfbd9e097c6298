// Random images for networks under test.
#pragma once

#include "base/philox.h"
#include "engine/network.h"

namespace normlab {

// Uniform within 1 of `shift`; the same for every engine, others in each `pass`. Lanes beyond
// `count` images are 0.
class RandomPixels : public BlockSource {
 public:
  explicit RandomPixels(int count, float shift = 0, std::uint32_t pass = 0)
      : count_(count), shift_(shift), pass_(pass) {}

  void FillBlock(int block, const BlockView& view) const override {
    for (int lane = 0; lane < kBlock; ++lane) {
      const int image = block * kBlock + lane;
      RandomStream stream(5, Purpose::kSamples, pass_, static_cast<std::uint32_t>(image));
      for (int c = 0; c < view.shape.channels; ++c) {
        for (int y = 0; y < view.shape.height; ++y) {
          for (int x = 0; x < view.shape.width; ++x) {
            const auto value = static_cast<float>(stream.Uniform(-1, 1)) + shift_;
            view.at(c, y, x)[lane] = image < count_ ? value : 0.0f;
          }
        }
      }
    }
  }

 private:
  int count_;
  float shift_;
  std::uint32_t pass_;
};

}  // namespace normlab
