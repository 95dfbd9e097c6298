#include "data/statistics.h"

#include <cmath>

#include "files.h"

namespace normlab {
namespace {

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

}  // namespace
}  // namespace normlab
