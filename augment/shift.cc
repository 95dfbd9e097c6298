#include "augment/shift.h"

#include <fmt/format.h>

#include <algorithm>

#include "augment/transform.h"
#include "base/error.h"

namespace normlab {

ShiftParameters DrawShift(const ShiftRanges& ranges, RandomStream& stream) {
  if (ranges.padding == 0) return {};
  const std::uint32_t places = 2 * static_cast<std::uint32_t>(ranges.padding) + 1;
  ShiftParameters parameters;
  parameters.top = static_cast<int>(stream.Below(places));
  parameters.left = static_cast<int>(stream.Below(places));
  return parameters;
}

namespace {

// Where a place beyond the border lies when the image is mirrored at its outermost pixel. The image
// is longer than any shift.
int Mirrored(int place, int length) {
  if (place < 0) return -place;
  return place < length ? place : 2 * (length - 1) - place;
}

void ApplyReflected(const std::uint8_t* image, Shape shape, int down, int right,
                    std::uint8_t* result) {
  for (int channel = 0; channel < shape.channels; ++channel, image += shape.pixels()) {
    for (int row = 0; row < shape.height; ++row) {
      const std::uint8_t* source = image + Mirrored(row + down, shape.height) * shape.width;
      for (int column = 0; column < shape.width; ++column) {
        *result++ = source[Mirrored(column + right, shape.width)];
      }
    }
  }
}

}  // namespace

void ApplyShift(const std::uint8_t* image, Shape shape, const ShiftRanges& ranges,
                const ShiftParameters& parameters, std::uint8_t* result) {
  // result[row][column] = image[row + down][column + right]
  const int down = parameters.top - ranges.padding;
  const int right = parameters.left - ranges.padding;
  if (ranges.reflect) return ApplyReflected(image, shape, down, right, result);
  const int first = std::clamp(-right, 0, shape.width);
  const int last = std::clamp(shape.width - right, first, shape.width);
  for (int channel = 0; channel < shape.channels; ++channel) {
    for (int row = 0; row < shape.height; ++row, result += shape.width) {
      const int source = row + down;
      if (source < 0 || source >= shape.height) {
        std::fill_n(result, shape.width, ranges.fill);
        continue;
      }
      std::fill(result, result + first, ranges.fill);
      std::copy_n(image + source * shape.width + (first + right), last - first, result + first);
      std::fill(result + last, result + shape.width, ranges.fill);
    }
    image += shape.pixels();
  }
}

namespace {

class Shift final : public Transform {
 public:
  Shift(ShiftRanges ranges, Shape shape) : ranges_(ranges), shape_(shape) {}
  std::string text() const override {
    if (ranges_.reflect) return fmt::format("shift(padding={}, mode=reflect)", ranges_.padding);
    return fmt::format("shift(padding={}, fill={})", ranges_.padding, ranges_.fill);
  }
  void Apply(const std::uint8_t* image, const AugmentAddress&, RandomStream& stream,
             std::uint8_t* result) const override {
    ApplyShift(image, shape_, ranges_, DrawShift(ranges_, stream), result);
  }

 private:
  ShiftRanges ranges_;
  Shape shape_;
};

}  // namespace

TransformPointer ParseShift(const Call& call, Shape shape) {
  const Arguments arguments(call, {"padding", "fill", "mode"});
  arguments.Require("padding");
  ShiftRanges ranges;
  // Farther than the image is wide, nothing of it would be left in view.
  ranges.padding = arguments.Integer("padding", 0, {0, std::min(shape.height, shape.width) - 1.0});
  ranges.fill = arguments.Fill();
  ranges.reflect = arguments.Word("mode", {"constant", "reflect"}) == "reflect";
  if (ranges.reflect && arguments.Has("fill")) {
    throw UsageError("augment: shift(mode=reflect) fills nothing; leave fill out");
  }
  return std::make_unique<Shift>(ranges, shape);
}

}  // namespace normlab
