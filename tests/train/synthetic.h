// The inputs of the parity test, from the integer formulas of tests/golden/synthetic.py.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/network.h"
#include "operations/batch.h"

namespace normlab::synthetic {

inline constexpr std::uint32_t kSaltStride = 10000;
inline constexpr std::uint32_t kParameterStream = 1000;
inline constexpr std::uint32_t kPixelStream = 2000;
inline constexpr std::uint32_t kLabelStream = 3000;
inline constexpr std::uint32_t kClasses = 10;

inline std::uint32_t Mix(std::uint32_t stream, std::uint32_t index) {
  std::uint32_t word = index + stream * 0x9E3779B9u;
  for (int time = 0; time < 2; ++time) {
    word ^= word >> 16;
    word *= 0x85EBCA6Bu;
    word ^= word >> 13;
    word *= 0xC2B2AE35u;
    word ^= word >> 16;
  }
  return word;
}

inline double SignedUnit(std::uint32_t stream, std::uint32_t index) {
  return (Mix(stream, index) >> 16) / 32768.0 - 1.0;
}

// Convolutions within +-1/sqrt(fan_in), norm weights around 1, biases around 0; float32 values.
template <typename T>
void FillParameters(std::uint32_t salt, const std::vector<ParameterInfo>& infos,
                    std::span<T> parameters) {
  std::uint32_t stream = kSaltStride * salt + kParameterStream;
  for (const ParameterInfo& info : infos) {
    for (std::size_t e = 0; e < info.size; ++e) {
      double value = SignedUnit(stream, static_cast<std::uint32_t>(e));
      switch (info.role) {
        case ParameterRole::kFilter:
          value *=
              1.0 / std::sqrt(static_cast<double>(info.shape[1] * info.shape[2] * info.shape[3]));
          break;
        case ParameterRole::kGain:
          value = 1.0 + 0.25 * value;
          break;
        case ParameterRole::kShift:
          value *= 0.125;
          break;
        case ParameterRole::kOther:
          break;
      }
      parameters[info.offset + e] = static_cast<T>(static_cast<float>(value));
    }
    ++stream;
  }
}

// Every tenth batch has two images fewer, as the last one of an epoch may.
inline int BatchSize(int full, int step) { return step % 10 == 9 ? full - 2 : full; }

// Noise in [-1, 1) plus stripes of +-0.5 whose direction and spacing depend on the label.
class StripedImages : public ImageSource {
 public:
  StripedImages(std::uint32_t salt, Shape shape, int full_batch)
      : salt_(salt), shape_(shape), full_batch_(full_batch) {}

  Batch Take(int step) {
    const int count = BatchSize(full_batch_, step);
    step_ = static_cast<std::uint32_t>(step);
    labels_.clear();
    ids_.clear();
    for (int n = 0; n < count; ++n) {
      const std::uint32_t word =
          Mix(kSaltStride * salt_ + kLabelStream + step_, static_cast<std::uint32_t>(n));
      labels_.push_back(static_cast<std::uint8_t>(word % kClasses));
      ids_.push_back(static_cast<std::uint32_t>(n + step * full_batch_));
    }
    return {count, this, labels_.data(), ids_.data()};
  }

  void Fill(int first, int count, float* images) const override {
    for (int n = first; n < first + count; ++n) {
      for (int c = 0; c < shape_.channels; ++c) {
        for (int y = 0; y < shape_.height; ++y) {
          for (int x = 0; x < shape_.width; ++x) *images++ = Pixel(n, c, y, x);
        }
      }
    }
  }

 private:
  float Pixel(int n, int c, int y, int x) const {
    const int label = labels_[n];
    const bool stripe = (y * (label % 3 + 1) + x * (label / 3)) % 8 < 4;
    const std::size_t index =
        n * shape_.size() + c * shape_.pixels() + static_cast<std::size_t>(y) * shape_.width + x;
    const double noise =
        SignedUnit(kSaltStride * salt_ + kPixelStream + step_, static_cast<std::uint32_t>(index));
    return static_cast<float>(noise + (stripe ? 0.5 : -0.5));
  }

  std::uint32_t salt_;
  Shape shape_;
  int full_batch_;
  std::uint32_t step_ = 0;
  std::vector<std::uint8_t> labels_;
  std::vector<std::uint32_t> ids_;
};

}  // namespace normlab::synthetic
