#include "augment/tone.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "augment/transform.h"

namespace normlab {

ToneParameters DrawTone(const ToneRanges& ranges, RandomStream& stream) {
  ToneParameters parameters;
  parameters.brightness = stream.Uniform(-ranges.brightness, ranges.brightness);
  parameters.contrast = stream.Uniform(1 - ranges.contrast, 1 + ranges.contrast);
  return parameters;
}

void ApplyTone(const std::uint8_t* image, Shape shape, const ToneParameters& parameters,
               std::uint8_t* result) {
  std::array<std::uint8_t, 256> table;
  for (int value = 0; value < 256; ++value) {
    const double moved = (value / 255.0 - 0.5 + parameters.brightness) * parameters.contrast + 0.5;
    table[static_cast<std::size_t>(value)] =
        static_cast<std::uint8_t>(std::nearbyint(255 * std::clamp(moved, 0.0, 1.0)));
  }
  std::transform(image, image + shape.size(), result,
                 [&](std::uint8_t value) { return table[value]; });
}

namespace {

class Tone final : public Transform {
 public:
  Tone(ToneRanges ranges, Shape shape) : ranges_(ranges), shape_(shape) {}
  std::string text() const override {
    return fmt::format("tone(brightness={}, contrast={})", ranges_.brightness, ranges_.contrast);
  }
  void Apply(const std::uint8_t* image, const AugmentAddress&, RandomStream& stream,
             std::uint8_t* result) const override {
    ApplyTone(image, shape_, DrawTone(ranges_, stream), result);
  }

 private:
  ToneRanges ranges_;
  Shape shape_;
};

}  // namespace

TransformPointer ParseTone(const Call& call, Shape shape) {
  const Arguments arguments(call, {"brightness", "contrast"});
  ToneRanges ranges;
  ranges.brightness = arguments.Number("brightness", 0, {0, 1});
  ranges.contrast = arguments.Number("contrast", 0, {0, 1});
  return std::make_unique<Tone>(ranges, shape);
}

}  // namespace normlab
