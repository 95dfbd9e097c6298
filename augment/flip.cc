#include "augment/flip.h"

#include <fmt/format.h>

#include <algorithm>

#include "augment/transform.h"

namespace normlab {

FlipParameters DrawFlip(const FlipRanges& ranges, RandomStream& stream) {
  return {stream.Uniform() < ranges.p};
}

void ApplyFlip(const std::uint8_t* image, Shape shape, const FlipParameters& parameters,
               std::uint8_t* result) {
  if (!parameters.flipped) {
    std::copy_n(image, shape.size(), result);
    return;
  }
  const int rows = shape.channels * shape.height;
  for (int row = 0; row < rows; ++row, image += shape.width, result += shape.width) {
    std::reverse_copy(image, image + shape.width, result);
  }
}

namespace {

class Flip final : public Transform {
 public:
  Flip(FlipRanges ranges, Shape shape) : ranges_(ranges), shape_(shape) {}
  std::string text() const override { return fmt::format("flip(p={})", ranges_.p); }
  void Apply(const std::uint8_t* image, const AugmentAddress&, RandomStream& stream,
             std::uint8_t* result) const override {
    ApplyFlip(image, shape_, DrawFlip(ranges_, stream), result);
  }

 private:
  FlipRanges ranges_;
  Shape shape_;
};

}  // namespace

TransformPointer ParseFlip(const Call& call, Shape shape) {
  const Arguments arguments(call, {"p"});
  return std::make_unique<Flip>(FlipRanges{arguments.Number("p", 0.5, {0, 1})}, shape);
}

}  // namespace normlab
