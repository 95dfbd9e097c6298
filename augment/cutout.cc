#include "augment/cutout.h"

#include <fmt/format.h>

#include <algorithm>

#include "augment/transform.h"

namespace normlab {

Rectangle DrawCutout(const CutoutRanges& ranges, Shape shape, RandomStream& stream) {
  const int row = static_cast<int>(stream.Below(static_cast<std::uint32_t>(shape.height)));
  const int column = static_cast<int>(stream.Below(static_cast<std::uint32_t>(shape.width)));
  const int half = ranges.size / 2;
  return {row - half, column - half, 2 * half, 2 * half};
}

namespace {

class Cutout final : public Transform {
 public:
  Cutout(CutoutRanges ranges, Shape shape) : ranges_(ranges), shape_(shape) {}
  std::string text() const override {
    return fmt::format("cutout(size={}, fill={})", ranges_.size, ranges_.fill);
  }
  void Apply(const std::uint8_t* image, const AugmentAddress&, RandomStream& stream,
             std::uint8_t* result) const override {
    PaintOver(image, shape_, DrawCutout(ranges_, shape_, stream), ranges_.fill, result);
  }

 private:
  CutoutRanges ranges_;
  Shape shape_;
};

}  // namespace

TransformPointer ParseCutout(const Call& call, Shape shape) {
  const Arguments arguments(call, {"size", "fill"});
  arguments.Require("size");
  CutoutRanges ranges;
  ranges.size = arguments.Integer("size", 0, {0, 2.0 * std::max(shape.height, shape.width)});
  ranges.fill = arguments.Fill();
  return std::make_unique<Cutout>(ranges, shape);
}

}  // namespace normlab
