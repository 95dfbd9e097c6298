#include "data/split_statistics.h"

#include <cmath>

#include "base/philox.h"
#include "data/search.h"
#include "data/statistics.h"
#include "files.h"
#include "tests/left_out.h"

namespace normlab {
namespace {

Split RandomSplit(const Shape& shape, int images, int classes) {
  RandomStream stream(3, Purpose::kSamples, 0, 0);
  Split split;
  for (int i = 0; i < images; ++i) {
    split.labels.push_back(static_cast<std::uint8_t>(stream.Below(static_cast<unsigned>(classes))));
    const std::uint32_t range = 1 + stream.Below(256);  // images differ in brightness and contrast
    for (std::size_t p = 0; p < shape.size(); ++p) {
      split.pixels.push_back(static_cast<std::uint8_t>(stream.Below(range)));
    }
  }
  return split;
}

// Two passes in extended precision, over pixels divided by 255.
long double Variance(const std::vector<long double>& values, long double divisor) {
  long double mean = 0, squares = 0;
  for (const long double value : values) mean += value / static_cast<long double>(values.size());
  for (const long double value : values) squares += (value - mean) * (value - mean);
  return squares / divisor;
}

TEST(SplitStatistics, AreRightForNumbersDoneByHand) {
  // One channel, 1 x 2, in units of 255: 0 and 1; then 1 and 1.
  const SplitStatistics statistics =
      ComputeSplitStatistics({{0, 255, 255, 255}, {2, 2}}, {1, 1, 2}, 3);
  ASSERT_EQ(statistics.channels.size(), 1u);
  const ChannelSummary& channel = statistics.channels[0];
  EXPECT_DOUBLE_EQ(channel.mean, 0.75);
  EXPECT_DOUBLE_EQ(channel.deviation, std::sqrt(0.75 / 4));              // 9/16 + 3/16, over 4
  EXPECT_DOUBLE_EQ(channel.unbiased_deviation, 0.5);                     // over 3
  EXPECT_DOUBLE_EQ(channel.image_deviation, 0.25);                       // of 1/2 and 0
  EXPECT_DOUBLE_EQ(channel.unbiased_image_deviation, std::sqrt(0.125));  // of sqrt(1/2) and 0
  EXPECT_DOUBLE_EQ(channel.zero_share, 0.25);
  EXPECT_EQ(channel.minimum, 0);
  EXPECT_EQ(channel.maximum, 255);
  EXPECT_THAT(statistics.class_counts, testing::ElementsAre(0u, 0u, 2u));
}

TEST(SplitStatistics, EqualTwoPassesInExtendedPrecisionForUglyShapes) {
  for (const Shape shape : {Shape{1, 1, 2}, Shape{3, 5, 3}, Shape{2, 17, 33}, Shape{1, 300, 300}}) {
    const int images = shape.size() > 1000 ? 3 : 33;
    const Split split = RandomSplit(shape, images, 4);
    const SplitStatistics statistics = ComputeSplitStatistics(split, shape, 4);
    for (int c = 0; c < shape.channels; ++c) {
      std::vector<long double> all;
      long double over_n = 0, over_less = 0;
      for (int i = 0; i < images; ++i) {
        std::vector<long double> image;
        for (std::size_t p = 0; p < shape.pixels(); ++p) {
          image.push_back(split.pixels[i * shape.size() + c * shape.pixels() + p] / 255.0L);
        }
        const auto n = static_cast<long double>(image.size());
        over_n += std::sqrt(Variance(image, n)) / images;
        over_less += std::sqrt(Variance(image, n - 1)) / images;
        all.insert(all.end(), image.begin(), image.end());
      }
      const ChannelSummary& channel = statistics.channels[static_cast<std::size_t>(c)];
      const auto n = static_cast<long double>(all.size());
      EXPECT_NEAR(channel.deviation, std::sqrt(Variance(all, n)), 1e-14);
      EXPECT_NEAR(channel.unbiased_deviation, std::sqrt(Variance(all, n - 1)), 1e-14);
      EXPECT_NEAR(channel.image_deviation, over_n, 1e-14);
      EXPECT_NEAR(channel.unbiased_image_deviation, over_less, 1e-14);
      const ChannelStatistics networks = ComputeStatistics(split, shape);
      EXPECT_NEAR(channel.mean, networks.mean[static_cast<std::size_t>(c)], 1e-15);
      EXPECT_NEAR(channel.deviation, networks.deviation[static_cast<std::size_t>(c)], 1e-15);
    }
  }
}

// The largest sums that 65,536 white pixels and more make.
TEST(SplitStatistics, DoNotOverflow) {
  const Shape shape{1, 512, 513};
  const ChannelSummary white =
      ComputeSplitStatistics({std::vector<std::uint8_t>(shape.size(), 255), {0}}, shape, 1)
          .channels[0];
  EXPECT_EQ(white.mean, 1);
  EXPECT_EQ(white.deviation, 0);
  EXPECT_EQ(white.minimum, 255);
  EXPECT_EQ(white.zero_share, 0);
}

TEST(SplitStatistics, OfOnePixelHaveNoDeviationOverNoneLess) {
  const ChannelSummary one = ComputeSplitStatistics({{7}, {0}}, {1, 1, 1}, 1).channels[0];
  EXPECT_EQ(one.deviation, 0);
  EXPECT_TRUE(std::isnan(one.unbiased_deviation));
  EXPECT_TRUE(std::isnan(one.unbiased_image_deviation));
}

// The two triples that recipes give for CIFAR-10, to their four digits: of all pixels, and the mean
// of the images' deviations as torch.std computes them.
TEST(SplitStatistics, OfCifar10AreTheTwoThatRecipesGive) {
  NORMLAB_NEEDS_DATASET("cifar10");
  const Dataset dataset = LoadDataset("cifar10", "");
  const SplitStatistics statistics =
      ComputeSplitStatistics(dataset.train, dataset.shape, dataset.classes());
  const double pixels[] = {0.2470, 0.2435, 0.2616}, images[] = {0.2023, 0.1994, 0.2010};
  for (std::size_t c = 0; c < 3; ++c) {
    const ChannelSummary& channel = statistics.channels[c];
    EXPECT_NEAR(channel.deviation, pixels[c], 0.00005);
    EXPECT_NEAR(channel.unbiased_image_deviation, images[c], 0.00005);
    EXPECT_GT(std::abs(channel.image_deviation - images[c]), 0.00005) << "over n it is another";
  }
  EXPECT_THAT(statistics.class_counts, testing::Each(5000u));
}

}  // namespace
}  // namespace normlab
