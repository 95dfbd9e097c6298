#include "data/statistics.h"

#include <cmath>

#include "files.h"

namespace normlab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Statistics, AreExactForNumbersDoneByHand) {
  // Two images of 2 channels, 1 x 2: channel 0 holds 0, 255, 0, 255; channel 1 holds 51, 51, 51,
  // 255.
  const Split split{{0, 255, 51, 51, 0, 255, 51, 255}, {0, 1}};
  const ChannelStatistics statistics = ComputeStatistics(split, {2, 1, 2});
  EXPECT_DOUBLE_EQ(statistics.mean[0], 0.5);
  EXPECT_DOUBLE_EQ(statistics.deviation[0], 0.5);
  EXPECT_DOUBLE_EQ(statistics.mean[1], 0.4);  // (3 * 0.2 + 1) / 4
  EXPECT_DOUBLE_EQ(statistics.deviation[1], std::sqrt((3 * 0.04 + 0.36) / 4));
}

TEST(Statistics, OfOneValueHaveNoDeviation) {
  const ChannelStatistics statistics =
      ComputeStatistics({std::vector<std::uint8_t>(784, 254), {0}}, {1, 28, 28});
  EXPECT_DOUBLE_EQ(statistics.mean[0], 254.0 / 255);
  EXPECT_EQ(statistics.deviation[0], 0);
}

Dataset Colours(const std::string& name, std::vector<std::uint8_t> pixels) {
  Dataset dataset;
  dataset.name = name;
  dataset.shape = {3, 1, 2};
  dataset.train.labels.resize(pixels.size() / dataset.shape.size());
  dataset.train.pixels = std::move(pixels);
  dataset.statistics = ComputeStatistics(dataset.train, dataset.shape);
  return dataset;
}

TEST(Statistics, AChannelWithoutVariationIsRefusedByName) {
  const Dataset varies = Colours("cifar10", {1, 1, 0, 0, 5, 5, 1, 2, 0, 1, 5, 6});
  EXPECT_EQ(ConstantChannels(varies), "") << "one pixel is enough";
  EXPECT_NO_THROW(CheckChannelsVary(varies));
  const Dataset one = Colours("folder:/p@q@3x1x2", {7, 7, 1, 2, 3, 4, 7, 7, 1, 9, 3, 9});
  EXPECT_THAT(DataErrorOf([&] { CheckChannelsVary(one); }),
              AllOf(HasSubstr("folder:/p@q@3x1x2: expected channels that vary, found red is 7 of "
                              "255 in every pixel"),
                    HasSubstr("(folder:/p@q@1x1x2)")));
  const Dataset two = Colours("set", {7, 7, 1, 2, 255, 255, 7, 7, 1, 9, 255, 255});
  EXPECT_THAT(DataErrorOf([&] { CheckChannelsVary(two); }),
              HasSubstr("red is 7 of 255, blue is 255 of 255"));
  const Dataset all = Colours("set", std::vector<std::uint8_t>(12, 0));
  EXPECT_THAT(DataErrorOf([&] { CheckChannelsVary(all); }), HasSubstr("nothing to learn"));
}

}  // namespace
}  // namespace normlab
