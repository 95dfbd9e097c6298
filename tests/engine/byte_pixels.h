// Random images of bytes for networks under test.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/identity.h"
#include "base/philox.h"
#include "base/shape.h"
#include "operations/batch.h"
#include "operations/byte_images.h"

namespace normlab {

// A batch takes some of the pool's; `handed_over`: its bytes turned round, which are not the
// pool's.
class BytePixels : public ImageSource, public ByteImages {
 public:
  BytePixels(const Shape& shape, std::uint32_t seed, bool handed_over = false)
      : shape_(shape), handed_over_(handed_over), pixels_(kPool * shape.size()) {
    RandomStream stream(6, Purpose::kSamples, 0, seed);
    for (std::uint8_t& pixel : pixels_) pixel = static_cast<std::uint8_t>(stream.Below(256));
    for (int i = 0; i < 256 * shape.channels; ++i) {
      table_.push_back(static_cast<float>(stream.Uniform(-2, 2)));
    }
    for (int i = 0; i < 64; ++i) places_.push_back(stream.Below(kPool));
  }

  void Fill(int first, int count, float* images) const override {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count) * shape_.size());
    FillBytes(first, count, bytes.data());
    for (std::size_t e = 0; e < bytes.size(); ++e) {
      images[e] =
          table_[e / shape_.pixels() % static_cast<std::size_t>(shape_.channels) * 256 + bytes[e]];
    }
  }
  const ByteImages* bytes() const override { return this; }
  std::span<const float> table() const override { return table_; }
  void FillBytes(int first, int count, std::uint8_t* images) const override {
    for (int i = first; i < first + count; ++i) {
      const auto from = &pixels_[places_[static_cast<std::size_t>(i)] * shape_.size()];
      images = handed_over_ ? std::reverse_copy(from, from + shape_.size(), images)
                            : std::copy_n(from, shape_.size(), images);
    }
  }
  ImagePool pool() const override {
    if (handed_over_) return {};
    return {{pixels_.data(), claimed > 0 ? claimed : pixels_.size()}, identity.handle()};
  }
  const std::uint32_t* places() const override { return places_.data(); }

  std::span<std::uint8_t> pixels() { return pixels_; }

  Identity identity;
  std::size_t claimed = 0;  // bytes that the pool says it has

 private:
  static constexpr std::size_t kPool = 50;

  Shape shape_;
  bool handed_over_;
  std::vector<std::uint8_t> pixels_;
  std::vector<float> table_;
  std::vector<std::uint32_t> places_;
};

}  // namespace normlab
