#include <gtest/gtest.h>

#include <numeric>
#include <thread>
#include <vector>

#include "augment/affine.h"
#include "augment/augment.h"
#include "augment/flip.h"
#include "augment/jitter.h"
#include "augment/rotation.h"
#include "augment/shift.h"
#include "goldens.h"

namespace normlab {
namespace {

using Pixels = std::vector<std::uint8_t>;

constexpr Shape kGrey{1, 28, 28};

const Pixels& GreyImage() { return AllGoldens().images[0].pixels; }

Pixels Augmented(const Augmentation& augmentation, const Pixels& image, AugmentAddress address) {
  Pixels result(image.size());
  augmentation.Apply(image.data(), address, result.data());
  return result;
}

TEST(Pipeline, NoneIsTheIdentity) {
  const auto none = ParseAugmentation("none", kGrey);
  EXPECT_TRUE(none->identity());
  EXPECT_EQ(none->text(), "none");
  EXPECT_EQ(Augmented(*none, GreyImage(), {1, 2, 3}), GreyImage());
  EXPECT_FALSE(ParseAugmentation("flip-shift", kGrey)->identity());
}

// One stream in the order of the transforms, each link fed with the result of the one before.
TEST(Pipeline, MnistSeedIsRotationThenAffineThenJitter) {
  const auto pipeline = ParseAugmentation("mnist-seed", kGrey);
  const RotationRanges rotation{{-7, 7}, 1};
  const AffineRanges affine{{-7, 7},      0.1, UniformRange{0.8, 1.2}, UniformRange{-10, 10},
                            std::nullopt, 0};
  JitterRanges jitter;
  jitter.factors = {UniformRange{1 - 0.4, 1 + 0.4}, UniformRange{1 - 0.4, 1 + 0.4},
                    UniformRange{1 - 0.4, 1 + 0.4}, UniformRange{-0.1, 0.1}};
  for (std::uint32_t image = 0; image < 50; ++image) {
    RandomStream stream(5, Purpose::kAugmentation, 2, image);
    Pixels rotated(784), moved(784), expected(784);
    ApplyRotation(GreyImage().data(), kGrey, rotation, DrawRotation(rotation, stream),
                  rotated.data());
    ApplyAffine(rotated.data(), kGrey, affine, DrawAffine(affine, kGrey, stream), moved.data());
    ApplyJitter(moved.data(), kGrey, DrawJitter(jitter, stream), expected.data());
    EXPECT_EQ(Augmented(*pipeline, GreyImage(), {5, 2, image}), expected);
  }
}

TEST(Pipeline, FlipShiftIsFlipThenShift) {
  const GoldenImage& colour = AllGoldens().images[2];
  const auto pipeline = ParseAugmentation("flip-shift", colour.shape);
  int flips = 0;
  for (std::uint32_t image = 0; image < 50; ++image) {
    RandomStream stream(5, Purpose::kAugmentation, 0, image);
    const FlipParameters flip = DrawFlip({0.5}, stream);
    flips += flip.flipped;
    Pixels flipped(colour.pixels.size()), expected(colour.pixels.size());
    ApplyFlip(colour.pixels.data(), colour.shape, flip, flipped.data());
    ApplyShift(flipped.data(), colour.shape, {2, 0}, DrawShift({2, 0}, stream), expected.data());
    EXPECT_EQ(Augmented(*pipeline, colour.pixels, {5, 0, image}), expected);
  }
  EXPECT_GT(flips, 10);
  EXPECT_LT(flips, 40);
}

TEST(Pipeline, DoesNotDependOnThreadOrOrder) {
  constexpr int kImages = 400;
  const auto grey = ParseAugmentation("mnist-seed flip shift(3)", kGrey);
  const GoldenImage& colour = AllGoldens().images[2];
  const auto coloured = ParseAugmentation("mnist-seed", colour.shape);
  std::vector<Pixels> forward(kImages), threaded(kImages);
  for (std::uint32_t i = 0; i < kImages; ++i) forward[i] = Augmented(*grey, GreyImage(), {7, 1, i});
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = kImages - 1 - thread; i >= 0; i -= 4) {
        // Another shape in between, so that what it leaves in the scratch space would show.
        Augmented(*coloured, colour.pixels, {9, 9, static_cast<std::uint32_t>(i)});
        threaded[i] = Augmented(*grey, GreyImage(), {7, 1, static_cast<std::uint32_t>(i)});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(forward, threaded);
}

TEST(Pipeline, SeedEpochAndImageAllMatter) {
  const auto pipeline = ParseAugmentation("mnist-seed", kGrey);
  const Pixels first = Augmented(*pipeline, GreyImage(), {1, 1, 1});
  EXPECT_EQ(Augmented(*pipeline, GreyImage(), {1, 1, 1}), first);
  EXPECT_NE(Augmented(*pipeline, GreyImage(), {2, 1, 1}), first);
  EXPECT_NE(Augmented(*pipeline, GreyImage(), {1, 2, 1}), first);
  EXPECT_NE(Augmented(*pipeline, GreyImage(), {1, 1, 2}), first);
}

// Nothing is written outside the result, for tiny and oblong images too.
TEST(Pipeline, StaysInsideTheResult) {
  for (const Shape shape : {Shape{1, 1, 1}, Shape{3, 1, 7}, Shape{1, 9, 2}, Shape{3, 5, 5}}) {
    const auto pipeline = ParseAugmentation(
        "flip rotation(180) affine(180, translate=1, scale=0.1..10, shear=80, shear_y=80) "
        "jitter(9, 9, 9, 0.5)",
        shape);
    Pixels image(shape.size());
    std::iota(image.begin(), image.end(), std::uint8_t{1});
    for (std::uint32_t i = 0; i < 200; ++i) {
      Pixels result(shape.size() + 2, 0xA5);
      pipeline->Apply(image.data(), {3, 0, i}, result.data() + 1);
      EXPECT_EQ(result.front(), 0xA5);
      EXPECT_EQ(result.back(), 0xA5);
    }
  }
}

}  // namespace
}  // namespace normlab
