// Given the same parameters, every pixel is torchvision's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>

#include "augment/affine.h"
#include "augment/erasing.h"
#include "augment/flip.h"
#include "augment/jitter.h"
#include "augment/rotation.h"
#include "augment/shift.h"
#include "augment/tone.h"
#include "goldens.h"

namespace normlab {
namespace {

using Pixels = std::vector<std::uint8_t>;
using Numbers = std::span<const double>;

Pixels Flipped(const Pixels& image, Shape shape, Numbers) {
  Pixels result(image.size());
  ApplyFlip(image.data(), shape, {true}, result.data());
  return result;
}

Pixels Shifted(const Pixels& image, Shape shape, Numbers p) {
  Pixels result(image.size());
  const ShiftRanges ranges{static_cast<int>(p[0]), static_cast<std::uint8_t>(p[3])};
  ApplyShift(image.data(), shape, ranges, {static_cast<int>(p[1]), static_cast<int>(p[2])},
             result.data());
  return result;
}

Pixels Rotated(const Pixels& image, Shape shape, Numbers p) {
  Pixels result(image.size());
  RotationRanges ranges;
  ranges.fill = static_cast<std::uint8_t>(p[1]);
  ApplyRotation(image.data(), shape, ranges, {p[0]}, result.data());
  return result;
}

Pixels Mapped(const Pixels& image, Shape shape, Numbers p) {
  Pixels result(image.size());
  AffineRanges ranges;
  ranges.fill = static_cast<std::uint8_t>(p[6]);
  const AffineParameters parameters{
      p[0], static_cast<int>(p[1]), static_cast<int>(p[2]), p[3], p[4], p[5]};
  ApplyAffine(image.data(), shape, ranges, parameters, result.data());
  return result;
}

Pixels Jittered(const Pixels& image, Shape shape, Numbers p) {
  Pixels result(image.size());
  JitterParameters parameters;
  for (int i = 0; i < kAdjustments; ++i) {
    parameters.order[i] = static_cast<Adjustment>(static_cast<int>(p[i]));
    if (!std::isnan(p[4 + i])) parameters.factors[i] = p[4 + i];
  }
  ApplyJitter(image.data(), shape, parameters, result.data());
  return result;
}

Pixels SeedPipeline(const Pixels& image, Shape shape, Numbers p) {
  const Pixels rotated = Rotated(image, shape, p);
  return Jittered(Mapped(rotated, shape, p.subspan(2)), shape, p.subspan(9));
}

Pixels Reflected(const Pixels& image, Shape shape, Numbers p) {
  Pixels result(image.size());
  const ShiftRanges ranges{.padding = static_cast<int>(p[0]), .reflect = true};
  ApplyShift(image.data(), shape, ranges, {static_cast<int>(p[1]), static_cast<int>(p[2])},
             result.data());
  return result;
}

Pixels Erased(const Pixels& image, Shape shape, Numbers p) {
  Pixels result(image.size());
  Rectangle rectangle = ErasedSize(shape, p[0], p[1]);
  rectangle.top = static_cast<int>(p[2]);
  rectangle.left = static_cast<int>(p[3]);
  PaintOver(image.data(), shape, rectangle, static_cast<std::uint8_t>(p[4]), result.data());
  return result;
}

Pixels CutOut(const Pixels& image, Shape shape, Numbers p) {
  Pixels result(image.size());
  const int half = static_cast<int>(p[2]) / 2;
  const Rectangle square = {static_cast<int>(p[0]) - half, static_cast<int>(p[1]) - half, 2 * half,
                            2 * half};
  PaintOver(image.data(), shape, square, static_cast<std::uint8_t>(p[3]), result.data());
  return result;
}

Pixels Toned(const Pixels& image, Shape shape, Numbers p) {
  Pixels result(image.size());
  ApplyTone(image.data(), shape, {p[0], p[1]}, result.data());
  return result;
}

std::string Describe(const GoldenCase& golden) {
  return "image " + std::to_string(golden.image) + ", parameters " +
         testing::PrintToString(golden.parameters);
}

void ExpectEqual(GoldenKind kind, std::size_t least_cases,
                 const std::function<Pixels(const Pixels&, Shape, Numbers)>& apply) {
  std::size_t cases = 0;
  for (const GoldenCase& golden : AllGoldens().cases) {
    if (golden.kind != kind) continue;
    ++cases;
    const GoldenImage& image = AllGoldens().images[golden.image];
    const Pixels result = apply(image.pixels, image.shape, golden.parameters);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < result.size(); ++i) wrong += result[i] != golden.result[i];
    EXPECT_EQ(wrong, 0u) << "pixels of " << result.size() << " differ: " << Describe(golden);
  }
  EXPECT_GE(cases, least_cases);
}

TEST(Torchvision, Flip) { ExpectEqual(GoldenKind::kFlip, 5, Flipped); }
TEST(Torchvision, Shift) { ExpectEqual(GoldenKind::kShift, 40, Shifted); }
TEST(Torchvision, Rotation) { ExpectEqual(GoldenKind::kRotation, 79, Rotated); }
TEST(Torchvision, Affine) { ExpectEqual(GoldenKind::kAffine, 93, Mapped); }
TEST(Torchvision, Jitter) { ExpectEqual(GoldenKind::kJitter, 116, Jittered); }
TEST(Torchvision, RotationThenAffineThenJitter) {
  ExpectEqual(GoldenKind::kSeedPipeline, 24, SeedPipeline);
}

TEST(Torchvision, ShiftWithReflection) { ExpectEqual(GoldenKind::kReflected, 35, Reflected); }
TEST(Torchvision, Erasing) { ExpectEqual(GoldenKind::kErased, 30, Erased); }

// From the papers' code, which torchvision has not.
TEST(Papers, Cutout) { ExpectEqual(GoldenKind::kCutOut, 35, CutOut); }
TEST(Papers, Tone) { ExpectEqual(GoldenKind::kTone, 35, Toned); }

// The goldens themselves must be able to tell transforms apart.
TEST(Torchvision, GoldensChangeTheirImages) {
  std::array<int, kGoldenKinds> changed{};
  for (const GoldenCase& golden : AllGoldens().cases) {
    changed.at(static_cast<std::size_t>(golden.kind)) +=
        golden.result != AllGoldens().images[golden.image].pixels;
  }
  for (const int count : changed) EXPECT_GE(count, 5);
}

}  // namespace
}  // namespace normlab
