#include "augment/affine.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "augment/transform.h"

namespace normlab {
namespace {

double Radians(double degrees) { return degrees * (std::numbers::pi / 180.0); }

int DrawTranslation(double fraction, int size, RandomStream& stream) {
  const double farthest = fraction * size;
  return static_cast<int>(std::nearbyint(stream.Uniform(-farthest, farthest)));
}

}  // namespace

AffineParameters DrawAffine(const AffineRanges& ranges, Shape shape, RandomStream& stream) {
  AffineParameters parameters;
  parameters.angle = ranges.degrees.Draw(stream);
  if (ranges.translate) {
    parameters.translate_x = DrawTranslation(*ranges.translate, shape.width, stream);
    parameters.translate_y = DrawTranslation(*ranges.translate, shape.height, stream);
  }
  if (ranges.scale) parameters.scale = ranges.scale->Draw(stream);
  if (ranges.shear) parameters.shear_x = ranges.shear->Draw(stream);
  if (ranges.shear_y) parameters.shear_y = ranges.shear_y->Draw(stream);
  return parameters;
}

InverseAffine AffineMap(Shape shape, const AffineParameters& parameters) {
  const double rotation = Radians(parameters.angle);
  const double shear_x = Radians(parameters.shear_x), shear_y = Radians(parameters.shear_y);
  // Rotation and shears without the scale: a matrix [p q; r s] of determinant 1. The order of the
  // operations is torchvision's, for the sake of the last bit.
  const double turned_cosine = std::cos(rotation - shear_y);
  const double turned_sine = std::sin(rotation - shear_y);
  const double cosine_y = std::cos(shear_y), tangent_x = std::tan(shear_x);
  const double p = turned_cosine / cosine_y;
  const double q = -turned_cosine * tangent_x / cosine_y - std::sin(rotation);
  const double r = turned_sine / cosine_y;
  const double s = -turned_sine * tangent_x / cosine_y + std::cos(rotation);

  const double centre_x = shape.width * 0.5, centre_y = shape.height * 0.5;
  const double scale = parameters.scale;
  InverseAffine map{s / scale, -q / scale, 0, -r / scale, p / scale, 0};
  const double from_x = -centre_x - parameters.translate_x;
  const double from_y = -centre_y - parameters.translate_y;
  map.c = (map.a * from_x + map.b * from_y) + centre_x;
  map.f = (map.d * from_x + map.e * from_y) + centre_y;
  return map;
}

void ApplyAffine(const std::uint8_t* image, Shape shape, const AffineRanges& ranges,
                 const AffineParameters& parameters, std::uint8_t* result) {
  ResampleNearest(image, shape, AffineMap(shape, parameters), ranges.fill, result);
}

namespace {

class Affine final : public Transform {
 public:
  Affine(AffineRanges ranges, Shape shape) : ranges_(ranges), shape_(shape) {}

  std::string text() const override {
    std::string text = fmt::format("affine(degrees={}", ranges_.degrees.text());
    if (ranges_.translate) text += fmt::format(", translate={}", *ranges_.translate);
    if (ranges_.scale) text += ", scale=" + ranges_.scale->text();
    if (ranges_.shear) text += ", shear=" + ranges_.shear->text();
    if (ranges_.shear_y) text += ", shear_y=" + ranges_.shear_y->text();
    return text + fmt::format(", fill={})", ranges_.fill);
  }

  void Apply(const std::uint8_t* image, const AugmentAddress&, RandomStream& stream,
             std::uint8_t* result) const override {
    ApplyAffine(image, shape_, ranges_, DrawAffine(ranges_, shape_, stream), result);
  }

 private:
  AffineRanges ranges_;
  Shape shape_;
};

}  // namespace

TransformPointer ParseAffine(const Call& call, Shape shape) {
  const Arguments arguments(call, {"degrees", "translate", "scale", "shear", "shear_y", "fill"});
  arguments.Require("degrees");
  AffineRanges ranges;
  ranges.degrees = *arguments.NumberOrRange("degrees", 0, {-360, 360});
  if (arguments.Has("translate")) ranges.translate = arguments.Number("translate", 0, {0, 1});
  ranges.scale = arguments.Range("scale", {0.1, 10});
  // At 90 degrees the tangent is infinite.
  ranges.shear = arguments.NumberOrRange("shear", 0, {-80, 80});
  ranges.shear_y = arguments.NumberOrRange("shear_y", 0, {-80, 80});
  ranges.fill = arguments.Fill();
  return std::make_unique<Affine>(ranges, shape);
}

}  // namespace normlab
