#include "augment/rotation.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "augment/transform.h"

namespace normlab {
namespace {

// The double nearest to `value` rounded to 15 decimals; |value| <= 1.
double Round15(double value) { return std::nearbyint(value * 1e15) / 1e15; }

// In [0, 360), as Python's % has it.
double Modulo360(double angle) {
  const double remainder = std::fmod(angle, 360.0);
  return remainder < 0 ? remainder + 360.0 : remainder;
}

}  // namespace

RotationParameters DrawRotation(const RotationRanges& ranges, RandomStream& stream) {
  return {ranges.degrees.Draw(stream)};
}

InverseAffine RotationMap(Shape shape, const RotationParameters& parameters) {
  const double angle = -(Modulo360(parameters.angle) * (std::numbers::pi / 180.0));
  const double cosine = Round15(std::cos(angle)), sine = Round15(std::sin(angle));
  const double centre_x = shape.width / 2.0, centre_y = shape.height / 2.0;
  InverseAffine map{cosine, sine, 0, -sine, cosine, 0};
  map.c = map.a * -centre_x + map.b * -centre_y + centre_x;
  map.f = map.d * -centre_x + map.e * -centre_y + centre_y;
  return map;
}

void ApplyRotation(const std::uint8_t* image, Shape shape, const RotationRanges& ranges,
                   const RotationParameters& parameters, std::uint8_t* result) {
  ResampleNearest(image, shape, RotationMap(shape, parameters), ranges.fill, result);
}

namespace {

class Rotation final : public Transform {
 public:
  Rotation(RotationRanges ranges, Shape shape) : ranges_(ranges), shape_(shape) {}
  std::string text() const override {
    return fmt::format("rotation(degrees={}, fill={})", ranges_.degrees.text(), ranges_.fill);
  }
  void Apply(const std::uint8_t* image, const AugmentAddress&, RandomStream& stream,
             std::uint8_t* result) const override {
    ApplyRotation(image, shape_, ranges_, DrawRotation(ranges_, stream), result);
  }

 private:
  RotationRanges ranges_;
  Shape shape_;
};

}  // namespace

TransformPointer ParseRotation(const Call& call, Shape shape) {
  const Arguments arguments(call, {"degrees", "fill"});
  arguments.Require("degrees");
  RotationRanges ranges;
  ranges.degrees = *arguments.NumberOrRange("degrees", 0, {-360, 360});
  ranges.fill = arguments.Fill();
  return std::make_unique<Rotation>(ranges, shape);
}

}  // namespace normlab
