// torchvision's RandomAffine(degrees, translate, scale, shear, fill): about the image's centre,
// nearest neighbour.
#pragma once

#include <cstdint>
#include <optional>

#include "augment/resample.h"
#include "augment/uniform_range.h"

namespace normlab {

// What is not given is not drawn.
struct AffineRanges {
  UniformRange degrees;
  std::optional<double> translate;  // of the width and of the height, at most
  std::optional<UniformRange> scale;
  std::optional<UniformRange> shear;    // degrees, along x
  std::optional<UniformRange> shear_y;  // degrees, along y
  std::uint8_t fill = 0;
};

struct AffineParameters {
  double angle = 0;  // degrees, clockwise: RandomAffine turns the other way than RandomRotation
  int translate_x = 0;
  int translate_y = 0;
  double scale = 1;
  double shear_x = 0;
  double shear_y = 0;
};

// Draws in this order: angle, translation along x, along y (each uniform in +- the fraction of the
// size, rounded half to even), scale, shear along x, along y.
AffineParameters DrawAffine(const AffineRanges& ranges, Shape shape, RandomStream& stream);

// Forward: to = T * C * R(angle) * S(scale) * SHy(shear_y) * SHx(shear_x) * C^-1 * from, with T the
// translation and C that to the centre; returned is its inverse.
InverseAffine AffineMap(Shape shape, const AffineParameters& parameters);

void ApplyAffine(const std::uint8_t* image, Shape shape, const AffineRanges& ranges,
                 const AffineParameters& parameters, std::uint8_t* result);

}  // namespace normlab
