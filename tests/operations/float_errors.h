// How far a function of floats is from the exact one, over as many of the 2^32 floats as there is
// time for, special values and the neighbours of thresholds, on every instruction set.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "operations/fast/simd.h"
#include "tests/engine/from_environment.h"

namespace normlab::floats {

inline constexpr std::uint64_t kStride = 2003;
inline constexpr std::size_t kChunk = 4096;
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Of a normal result the place that its last of 24 digits has, else 2^-149.
inline double LastPlace(double exact) {
  constexpr std::int64_t kLeast = std::int64_t{1023 - 126} << 52;  // of 2^-126
  const std::int64_t exponent = std::bit_cast<std::int64_t>(exact) & (std::int64_t{0x7FF} << 52);
  return std::bit_cast<double>(std::max(exponent, kLeast) - (std::int64_t{23} << 52));
}

// Infinite where one of the two is NaN, infinite or a zero with its sign, and the other is not.
// Infinity is what 2^128 and more is rounded to.
inline double ErrorOf(float computed, double exact) {
  constexpr double kFailed = std::numeric_limits<double>::infinity();
  if (std::isnan(exact) || std::isnan(computed)) {
    return std::isnan(exact) == std::isnan(computed) ? 0 : kFailed;
  }
  const bool same_sign = std::signbit(computed) == std::signbit(exact);
  if (exact == 0) return computed == 0 && same_sign ? 0 : kFailed;
  if (std::isinf(computed) && std::abs(exact) >= 0x1p128) return same_sign ? 0 : kFailed;
  const double value = std::isinf(computed) ? std::copysign(0x1p128, computed) : computed;
  return std::abs(value - exact) / LastPlace(exact);
}

struct Free {
  void operator()(float* values) const { std::free(values); }
};
inline std::unique_ptr<float[], Free> Aligned(std::size_t count) {
  return std::unique_ptr<float[], Free>(
      static_cast<float*>(std::aligned_alloc(64, count * sizeof(float))));
}

inline float FromBits(std::uint32_t bits) { return std::bit_cast<float>(bits); }

struct LargestError {
  double error = 0;
  float at = 0;
  void Take(double other, float x) {
    if (other > error) *this = {other, x};
  }
};

// Sixteen-lane arrays for one chunk of arguments.
struct Chunk {
  alignas(64) float x[kChunk], y[kChunk];
  double exact[kChunk];
};

// What `apply(simd, x, y, count)` computes, against `exact(x)`, for all arguments that `next` gives
// until it gives no more.
template <class Next, class Exact, class Apply>
std::vector<LargestError> LargestErrors(Next next, Exact exact, Apply apply) {
  const std::vector<Simd> sets = SupportedSimd();
  std::vector<LargestError> errors(sets.size());
  Chunk chunk;
  for (bool more = true; more;) {
    std::size_t count = 0;
    while (count < kChunk && (more = next(&chunk.x[count]))) ++count;
    const std::size_t padded = (count + 15) / 16 * 16;
    std::fill(chunk.x + count, chunk.x + padded, 1.0f);
    for (std::size_t i = 0; i < padded; ++i) chunk.exact[i] = exact(chunk.x[i]);
    for (std::size_t s = 0; s < sets.size(); ++s) {
      apply(sets[s], chunk.x, chunk.y, padded);
      for (std::size_t i = 0; i < padded; ++i) {
        errors[s].Take(ErrorOf(chunk.y[i], chunk.exact[i]), chunk.x[i]);
      }
    }
  }
  return errors;
}

class EveryFloat {
 public:
  explicit EveryFloat(std::uint64_t stride) : stride_(stride) {}
  bool operator()(float* x) {
    if (bits_ > 0xFFFFFFFF) return false;
    *x = FromBits(static_cast<std::uint32_t>(bits_));
    bits_ += stride_;
    return true;
  }

 private:
  std::uint64_t stride_, bits_ = 0;
};

class From {
 public:
  explicit From(std::vector<float> values) : values_(std::move(values)) {}
  bool operator()(float* x) {
    if (next_ == values_.size()) return false;
    *x = values_[next_++];
    return true;
  }

 private:
  std::vector<float> values_;
  std::size_t next_ = 0;
};

inline const std::vector<float>& SpecialValues() {
  static const std::vector<float> values = {
      0,       FromBits(1), FromBits(0x7FFFFF), 0x1p-126f, 0x1p-23f, 0.5f,  1,    1.5f,       2, 3,
      0x1p23f, 0x1p24f,     0x1.fffffep127f,    kInfinity, kNan,     1e10f, 0.1f, 16777215.0f};
  return values;
}

// Both signs of the values at which the functions change what they do, with 40 neighbours each: the
// ends of their ranges, and where a reduced exponent or a mantissa begins anew.
inline std::vector<float> Thresholds() {
  std::vector<double> at = {0x1p-126, 0x1p-24, 0x1p-12, 88.722839, 87.336544, 103.972084,
                            89,       104,     10,      4,         3.832506,  9.010913,
                            0x1p-149, 1,       16.635,  17.33,     0x1p127};
  for (int k = 0; k <= 152; ++k) at.push_back((k + 0.5) * std::numbers::ln2);
  for (int k = 0; k <= 32; ++k) at.push_back((k + 0.5) * std::numbers::ln2 / 2);
  // Erf reduces -log(1 - erf(x)), got here by halving.
  for (int k = 0; k <= 26; ++k) {
    double low = 0, high = 4.5;
    for (int step = 0; step < 60; ++step) {
      const double middle = (low + high) / 2;
      (-std::log(std::erfc(middle)) < (k + 0.5) * std::numbers::ln2 ? low : high) = middle;
    }
    at.push_back(low);
  }
  for (int k = -149; k <= 127; ++k) {
    at.push_back(std::ldexp(std::numbers::sqrt2 / 2, k));
    at.push_back(std::ldexp(1, k));
  }
  std::vector<float> values;
  for (const double threshold : at) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(threshold));
    for (std::uint32_t neighbour = std::max(bits, 20u) - 20; neighbour <= bits + 20; ++neighbour) {
      values.push_back(FromBits(neighbour));
      values.push_back(-FromBits(neighbour));
    }
  }
  for (const float value : SpecialValues()) {
    values.push_back(value);
    values.push_back(-value);
  }
  // NaN with every bit of what it may carry.
  for (int bit = 0; bit < 23; ++bit) values.push_back(FromBits(0x7F800000u | 1u << bit));
  return values;
}

inline void ExpectAtMost(const std::string& name, double bound,
                         const std::vector<LargestError>& errors) {
  const bool print = FromEnvironment("NORMLAB_FLOAT_STRIDE", 0) > 0;
  const std::vector<Simd> sets = SupportedSimd();
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const std::string set(SimdName(sets[s]));
    EXPECT_LE(errors[s].error, bound) << name << ", " << set << ", of " << errors[s].at;
    if (!print) continue;
    std::printf("%-10s %-6s %.4f units in the last place, of %.9g\n", name.c_str(), set.c_str(),
                errors[s].error, static_cast<double>(errors[s].at));
  }
}

}  // namespace normlab::floats
