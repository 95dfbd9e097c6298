// The drawn parameters follow torchvision's distributions. Each test compares the empirical
// distribution over 20,000 images at a fixed seed with the exact one, at a level of about 1e-4:
// Kolmogorov-Smirnov sqrt(n) D < 2.23, or chi-square below the tabled quantile.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <vector>

#include "augment/affine.h"
#include "augment/augment.h"
#include "augment/cutout.h"
#include "augment/erasing.h"
#include "augment/flip.h"
#include "augment/jitter.h"
#include "augment/rotation.h"
#include "augment/shift.h"
#include "augment/tone.h"

namespace normlab {
namespace {

constexpr int kImages = 20000;

RandomStream StreamOf(std::uint32_t image) {
  return RandomStream(42, Purpose::kAugmentation, 3, image);
}

template <typename Draw>
auto DrawMany(const Draw& draw) {
  std::vector<std::invoke_result_t<Draw, RandomStream&>> draws;
  for (std::uint32_t image = 0; image < kImages; ++image) {
    RandomStream stream = StreamOf(image);
    draws.push_back(draw(stream));
  }
  return draws;
}

template <typename Parameters, typename Member>
std::vector<double> Column(const std::vector<Parameters>& draws, const Member& member) {
  std::vector<double> column;
  for (const Parameters& draw : draws) column.push_back(std::invoke(member, draw));
  return column;
}

void ExpectUniform(std::vector<double> values, double low, double high) {
  std::ranges::sort(values);
  ASSERT_GE(values.front(), low);
  ASSERT_LE(values.back(), high);
  const double n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = (values[i] - low) / (high - low);
    distance = std::max({distance, expected - static_cast<double>(i) / n,
                         (static_cast<double>(i) + 1) / n - expected});
  }
  EXPECT_LT(std::sqrt(n) * distance, 2.23);
}

// `probability` of each whole value; `limit` is the chi-square quantile at 1e-4 for one less than
// their number of degrees of freedom.
void ExpectFrequencies(const std::vector<double>& values, const std::map<int, double>& probability,
                       double limit) {
  std::map<int, int> count;
  for (const double value : values) {
    ASSERT_EQ(value, std::floor(value));
    ASSERT_TRUE(probability.contains(static_cast<int>(value))) << value;
    ++count[static_cast<int>(value)];
  }
  double chi_square = 0;
  for (const auto& [value, share] : probability) {
    const double expected = share * static_cast<double>(values.size());
    chi_square += std::pow(count[value] - expected, 2) / expected;
  }
  EXPECT_LT(chi_square, limit);
}

double Correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    sa += a[i], sb += b[i];
    saa += a[i] * a[i], sbb += b[i] * b[i], sab += a[i] * b[i];
  }
  return (sab - sa * sb / n) / std::sqrt((saa - sa * sa / n) * (sbb - sb * sb / n));
}

TEST(Draws, Flip) {
  for (const double p : {0.0, 0.1, 0.5, 1.0}) {
    const auto flipped = Column(DrawMany([&](RandomStream& s) { return DrawFlip({p}, s); }),
                                &FlipParameters::flipped);
    const double mean = std::accumulate(flipped.begin(), flipped.end(), 0.0) / kImages;
    // 3.9 standard deviations; exact where there is nothing random.
    EXPECT_LE(std::abs(mean - p), 3.9 * std::sqrt(p * (1 - p) / kImages)) << p;
  }
}

TEST(Draws, Shift) {
  const auto draws = DrawMany([](RandomStream& s) { return DrawShift({2, 0}, s); });
  const std::map<int, double> fifths = {{0, .2}, {1, .2}, {2, .2}, {3, .2}, {4, .2}};
  ExpectFrequencies(Column(draws, &ShiftParameters::top), fifths, 23.51);
  ExpectFrequencies(Column(draws, &ShiftParameters::left), fifths, 23.51);
  std::map<int, double> pairs;
  for (int i = 0; i < 25; ++i) pairs[i] = 1.0 / 25;
  ExpectFrequencies(Column(draws, [](const ShiftParameters& p) { return p.top * 5 + p.left; }),
                    pairs, 59.0);
}

TEST(Draws, ShiftByNothingDrawsNothing) {
  RandomStream stream = StreamOf(1), untouched = StreamOf(1);
  const ShiftParameters parameters = DrawShift({0, 0}, stream);
  EXPECT_EQ(parameters.top, 0);
  EXPECT_EQ(parameters.left, 0);
  EXPECT_EQ(stream.NextBits(), untouched.NextBits());
}

TEST(Draws, Rotation) {
  const auto draws = DrawMany([](RandomStream& s) { return DrawRotation({{-7, 7}, 1}, s); });
  ExpectUniform(Column(draws, &RotationParameters::angle), -7, 7);
}

TEST(Draws, Affine) {
  AffineRanges ranges{
      {-7, 7}, 0.1, UniformRange{0.8, 1.2}, UniformRange{-10, 10}, UniformRange{5, 6}, 0};
  const Shape shape{1, 28, 42};
  const auto draws = DrawMany([&](RandomStream& s) { return DrawAffine(ranges, shape, s); });
  ExpectUniform(Column(draws, &AffineParameters::angle), -7, 7);
  ExpectUniform(Column(draws, &AffineParameters::scale), 0.8, 1.2);
  ExpectUniform(Column(draws, &AffineParameters::shear_x), -10, 10);
  ExpectUniform(Column(draws, &AffineParameters::shear_y), 5, 6);
  // round(U(-4.2, 4.2)) along the width of 42, round(U(-2.8, 2.8)) along the height of 28.
  std::map<int, double> along_x = {{-4, .7 / 8.4}, {4, .7 / 8.4}};
  for (int i = -3; i <= 3; ++i) along_x[i] = 1 / 8.4;
  ExpectFrequencies(Column(draws, &AffineParameters::translate_x), along_x, 31.83);
  std::map<int, double> along_y = {{-3, .3 / 5.6}, {3, .3 / 5.6}};
  for (int i = -2; i <= 2; ++i) along_y[i] = 1 / 5.6;
  ExpectFrequencies(Column(draws, &AffineParameters::translate_y), along_y, 27.86);
}

TEST(Draws, AffineParametersAreIndependent) {
  AffineRanges ranges{
      {-7, 7}, 0.1, UniformRange{0.8, 1.2}, UniformRange{-10, 10}, UniformRange{-9, 9}, 0};
  const auto draws = DrawMany([&](RandomStream& s) { return DrawAffine(ranges, {1, 28, 28}, s); });
  const std::vector<std::vector<double>> columns = {
      Column(draws, &AffineParameters::angle),       Column(draws, &AffineParameters::translate_x),
      Column(draws, &AffineParameters::translate_y), Column(draws, &AffineParameters::scale),
      Column(draws, &AffineParameters::shear_x),     Column(draws, &AffineParameters::shear_y)};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_LT(std::abs(Correlation(columns[i], columns[j])), 3.9 / std::sqrt(kImages));
    }
  }
}

TEST(Draws, AffineDrawsOnlyWhatIsGivenInOrder) {
  RandomStream stream = StreamOf(9), numbers = StreamOf(9);
  AffineRanges ranges;
  ranges.degrees = {0, 1};
  ranges.shear = UniformRange{0, 1};
  const AffineParameters parameters = DrawAffine(ranges, {1, 28, 28}, stream);
  EXPECT_EQ(parameters.angle, numbers.Uniform());
  EXPECT_EQ(parameters.shear_x, numbers.Uniform());
  EXPECT_EQ(parameters.shear_y, 0);
  EXPECT_EQ(parameters.scale, 1);
  EXPECT_EQ(parameters.translate_x, 0);
  EXPECT_EQ(stream.NextBits(), numbers.NextBits());
}

TEST(Draws, Jitter) {
  JitterRanges ranges;
  ranges.factors = {UniformRange{0.6, 1.4}, UniformRange{0.6, 1.4}, std::nullopt,
                    UniformRange{-0.1, 0.1}};
  const auto draws = DrawMany([&](RandomStream& s) { return DrawJitter(ranges, s); });
  const auto factor = [&](Adjustment adjustment) {
    return Column(draws, [=](const JitterParameters& p) { return p.factors[adjustment].value(); });
  };
  ExpectUniform(factor(kBrightness), 0.6, 1.4);
  ExpectUniform(factor(kContrast), 0.6, 1.4);
  ExpectUniform(factor(kHue), -0.1, 0.1);
  EXPECT_LT(std::abs(Correlation(factor(kBrightness), factor(kContrast))),
            3.9 / std::sqrt(kImages));
  for (const JitterParameters& draw : draws) EXPECT_FALSE(draw.factors[kSaturation]);
}

TEST(Draws, JitterOrderIsAUniformPermutation) {
  const auto draws = DrawMany([](RandomStream& s) { return DrawJitter({}, s); });
  std::map<int, double> permutations;
  std::vector<int> digits = {0, 1, 2, 3};
  const auto code = [](const auto& order) {
    return order[0] * 64 + order[1] * 16 + order[2] * 4 + order[3];
  };
  do {
    permutations[code(digits)] = 1.0 / 24;
  } while (std::ranges::next_permutation(digits).found);
  ASSERT_EQ(permutations.size(), 24u);
  ExpectFrequencies(Column(draws, [&](const JitterParameters& p) { return code(p.order); }),
                    permutations, 57.5);
}

TEST(Draws, DifferBetweenSeedsEpochsAndImages) {
  const auto angle = [](std::uint64_t seed, std::uint32_t epoch, std::uint32_t image) {
    RandomStream stream(seed, Purpose::kAugmentation, epoch, image);
    return DrawRotation({{-7, 7}, 0}, stream).angle;
  };
  EXPECT_NE(angle(1, 0, 0), angle(2, 0, 0));
  EXPECT_NE(angle(1, 0, 0), angle(1ull << 32 | 1, 0, 0));
  EXPECT_NE(angle(1, 0, 0), angle(1, 1, 0));
  EXPECT_NE(angle(1, 0, 0), angle(1, 0, 1));
}

TEST(Draws, Tone) {
  const auto draws = DrawMany([](RandomStream& s) { return DrawTone({0.2, 0.3}, s); });
  const auto brightness = Column(draws, &ToneParameters::brightness);
  const auto contrast = Column(draws, &ToneParameters::contrast);
  ExpectUniform(brightness, -0.2, 0.2);
  ExpectUniform(contrast, 0.7, 1.3);
  EXPECT_LT(std::abs(Correlation(brightness, contrast)), 0.03);
}

TEST(Draws, CutoutsMiddleIsAnyPixel) {
  const Shape shape{1, 5, 7};
  const auto draws = DrawMany([&](RandomStream& s) { return DrawCutout({.size = 4}, shape, s); });
  std::map<int, double> rows, columns;
  for (int row = 0; row < 5; ++row) rows[row - 2] = 1.0 / 5;
  for (int column = 0; column < 7; ++column) columns[column - 2] = 1.0 / 7;
  ExpectFrequencies(Column(draws, &Rectangle::top), rows, 23.51);
  ExpectFrequencies(Column(draws, &Rectangle::left), columns, 27.86);
}

TEST(Draws, ErasingErasesWithItsProbabilityAndWithinTheImage) {
  const Shape shape{3, 32, 24};
  const ErasingRanges ranges = {.p = 0.3, .scale = {0.05, 0.2}};
  std::vector<double> parts;
  for (const auto& drawn :
       DrawMany([&](RandomStream& s) { return DrawErasing(ranges, shape, s); })) {
    if (!drawn) continue;
    ASSERT_GE(drawn->top, 0);
    ASSERT_GE(drawn->left, 0);
    ASSERT_LE(drawn->top + drawn->height, shape.height);
    ASSERT_LE(drawn->left + drawn->width, shape.width);
    parts.push_back(drawn->height * drawn->width / static_cast<double>(shape.pixels()));
  }
  EXPECT_NEAR(static_cast<double>(parts.size()) / kImages, 0.3, 3.9 * std::sqrt(0.21 / kImages));
  const double mean = std::accumulate(parts.begin(), parts.end(), 0.0) / parts.size();
  EXPECT_NEAR(mean, 0.125, 0.003);  // whole pixels, and the few that do not fit, move it a little
}

// Every image one way in odd epochs and the other in even ones, about half of them either way.
TEST(Draws, FlipInTurns) {
  const Shape shape{1, 2, 3};
  const auto augmentation = ParseAugmentation("flip_in_turns", shape);
  const std::vector<std::uint8_t> image{1, 2, 3, 4, 5, 6};
  std::vector<std::uint8_t> mirrored{3, 2, 1, 6, 5, 4}, result(image.size());
  int flipped = 0;
  for (std::uint32_t index = 0; index < 2000; ++index) {
    std::vector<bool> epochs;
    for (std::uint32_t epoch = 1; epoch <= 4; ++epoch) {
      augmentation->Apply(image.data(), {7, epoch, index}, result.data());
      ASSERT_TRUE(result == image || result == mirrored);
      epochs.push_back(result == mirrored);
    }
    flipped += epochs[0];
    ASSERT_NE(epochs[0], epochs[1]);
    ASSERT_EQ(epochs[0], epochs[2]);
    ASSERT_EQ(epochs[1], epochs[3]);
  }
  EXPECT_NEAR(flipped / 2000.0, 0.5, 3.9 * std::sqrt(0.25 / 2000));
}

}  // namespace
}  // namespace normlab
