#include "augment/jitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "augment/color.h"
#include "augment/transform.h"
#include "base/error.h"

namespace normlab {
namespace {

constexpr std::array<const char*, kAdjustments> kNames = {"brightness", "contrast", "saturation",
                                                          "hue"};

void Adjust(Adjustment adjustment, double factor, Shape shape, std::uint8_t* image) {
  switch (adjustment) {
    case kBrightness:
      return AdjustBrightness(image, shape, factor);
    case kContrast:
      return AdjustContrast(image, shape, factor);
    case kSaturation:
      return AdjustSaturation(image, shape, factor);
    case kHue:
      return AdjustHue(image, shape, factor);
  }
}

}  // namespace

JitterParameters DrawJitter(const JitterRanges& ranges, RandomStream& stream) {
  JitterParameters parameters;
  for (std::uint32_t left = kAdjustments; left > 1; --left) {
    std::swap(parameters.order[left - 1], parameters.order[stream.Below(left)]);
  }
  for (int i = 0; i < kAdjustments; ++i) {
    if (ranges.factors[i]) parameters.factors[i] = ranges.factors[i]->Draw(stream);
  }
  return parameters;
}

void ApplyJitter(const std::uint8_t* image, Shape shape, const JitterParameters& parameters,
                 std::uint8_t* result) {
  std::copy_n(image, shape.size(), result);
  for (const Adjustment adjustment : parameters.order) {
    const std::optional<double>& factor = parameters.factors[adjustment];
    if (factor) Adjust(adjustment, *factor, shape, result);
  }
}

namespace {

class Jitter final : public Transform {
 public:
  Jitter(JitterRanges ranges, Shape shape) : ranges_(ranges), shape_(shape) {}

  std::string text() const override {
    std::string inside;
    for (int i = 0; i < kAdjustments; ++i) {
      if (!ranges_.factors[i]) continue;
      inside +=
          fmt::format("{}{}={}", inside.empty() ? "" : ", ", kNames[i], ranges_.factors[i]->text());
    }
    return "jitter(" + inside + ")";
  }

  void Apply(const std::uint8_t* image, const AugmentAddress&, RandomStream& stream,
             std::uint8_t* result) const override {
    ApplyJitter(image, shape_, DrawJitter(ranges_, stream), result);
  }

 private:
  JitterRanges ranges_;
  Shape shape_;
};

}  // namespace

TransformPointer ParseJitter(const Call& call, Shape shape) {
  if (shape.channels != 1 && shape.channels != 3) {
    throw UsageError(fmt::format(
        "augment: jitter is defined for images of 1 or 3 channels; these have {}; leave it out",
        shape.channels));
  }
  const Arguments arguments(call, {kNames.begin(), kNames.end()});
  JitterRanges ranges;
  for (int i = 0; i < kAdjustments; ++i) {
    const double neutral = i == kHue ? 0 : 1;
    ranges.factors[i] = arguments.NumberOrRange(
        kNames[i], neutral, i == kHue ? UniformRange{-0.5, 0.5} : UniformRange{0, 10});
    // A range that can only leave the image as it is counts as not given, as in torchvision.
    if (ranges.factors[i] == UniformRange{neutral, neutral}) ranges.factors[i].reset();
  }
  return std::make_unique<Jitter>(ranges, shape);
}

}  // namespace normlab
