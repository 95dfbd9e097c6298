#include "augment/erasing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "augment/transform.h"

namespace normlab {

Rectangle ErasedSize(Shape shape, double part, double ratio) {
  const double area = static_cast<double>(shape.pixels()) * part;
  Rectangle rectangle;
  rectangle.height = static_cast<int>(std::nearbyint(std::sqrt(area * ratio)));
  rectangle.width = static_cast<int>(std::nearbyint(std::sqrt(area / ratio)));
  return rectangle;
}

std::optional<Rectangle> DrawErasing(const ErasingRanges& ranges, Shape shape,
                                     RandomStream& stream) {
  if (stream.Uniform() >= ranges.p) return std::nullopt;
  const UniformRange logarithms = {std::log(ranges.ratio.low), std::log(ranges.ratio.high)};
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double part = ranges.scale.Draw(stream);
    Rectangle rectangle = ErasedSize(shape, part, std::exp(logarithms.Draw(stream)));
    if (rectangle.height >= shape.height || rectangle.width >= shape.width) continue;
    const auto places = [&](int whole, int part) {
      return static_cast<int>(stream.Below(static_cast<std::uint32_t>(whole - part + 1)));
    };
    rectangle.top = places(shape.height, rectangle.height);
    rectangle.left = places(shape.width, rectangle.width);
    return rectangle;
  }
  return std::nullopt;
}

namespace {

class Erasing final : public Transform {
 public:
  Erasing(ErasingRanges ranges, Shape shape) : ranges_(ranges), shape_(shape) {}
  std::string text() const override {
    return fmt::format("erasing(p={}, scale={}, ratio={}, fill={})", ranges_.p,
                       ranges_.scale.text(), ranges_.ratio.text(), ranges_.fill);
  }
  void Apply(const std::uint8_t* image, const AugmentAddress&, RandomStream& stream,
             std::uint8_t* result) const override {
    const Rectangle none;
    PaintOver(image, shape_, DrawErasing(ranges_, shape_, stream).value_or(none), ranges_.fill,
              result);
  }

 private:
  ErasingRanges ranges_;
  Shape shape_;
};

}  // namespace

TransformPointer ParseErasing(const Call& call, Shape shape) {
  const Arguments arguments(call, {"p", "scale", "ratio", "fill"});
  ErasingRanges ranges;
  ranges.p = arguments.Number("p", ranges.p, {0, 1});
  ranges.scale = arguments.Range("scale", {0, 1}).value_or(ranges.scale);
  ranges.ratio = arguments.Range("ratio", {0.001, 1000}).value_or(ranges.ratio);
  ranges.fill = arguments.Fill();
  return std::make_unique<Erasing>(ranges, shape);
}

}  // namespace normlab
