// torchvision's ColorJitter(brightness, contrast, saturation, hue): up to four adjustments by
// random factors in a random order.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "augment/uniform_range.h"
#include "base/shape.h"

namespace normlab {

enum Adjustment { kBrightness, kContrast, kSaturation, kHue };
inline constexpr int kAdjustments = 4;

// What is not given is neither drawn nor applied.
struct JitterRanges {
  std::array<std::optional<UniformRange>, kAdjustments> factors;
};

struct JitterParameters {
  std::array<Adjustment, kAdjustments> order = {kBrightness, kContrast, kSaturation, kHue};
  std::array<std::optional<double>, kAdjustments> factors;
};

// First a permutation of all four (Fisher-Yates: three whole numbers below 4, 3, 2), then the
// factors that have a range, in the order brightness, contrast, saturation, hue.
JitterParameters DrawJitter(const JitterRanges& ranges, RandomStream& stream);

void ApplyJitter(const std::uint8_t* image, Shape shape, const JitterParameters& parameters,
                 std::uint8_t* result);

}  // namespace normlab
