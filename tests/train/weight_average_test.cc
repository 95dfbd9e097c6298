#include "train/weight_average.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "softmax_network.h"

namespace normlab {
namespace {

using testing::Each;
using testing::ElementsAreArray;

constexpr Shape kPixel{1, 1, 1};

class Averages : public testing::Test {
 protected:
  void Set(double weight, double statistic) {
    std::ranges::fill(network_.parameters(), weight);
    std::ranges::fill(network_.buffers(), statistic);
  }
  SoftmaxNetwork<double> network_{kPixel, 2};
};

TEST_F(Averages, EmaBeginsAsACopyAndMovesByWhatDecayLeaves) {
  WeightAverage<double> average({"ema", {{"decay", 0.75}, {"every", 2}}}, network_, 10);
  Set(4, 1);
  average.AfterStep(1);
  average.Swap();  // none yet: the weights themselves
  EXPECT_THAT(network_.parameters(), Each(4));
  average.Swap();
  average.AfterStep(2);
  Set(8, 3);
  average.AfterStep(3);
  average.AfterStep(4);
  EXPECT_THAT(network_.parameters(), Each(8));
  average.Swap();
  EXPECT_THAT(network_.parameters(), Each(5));
  EXPECT_THAT(network_.buffers(), Each(1.5));
  average.Swap();
  EXPECT_THAT(network_.parameters(), Each(8));
  EXPECT_THAT(network_.buffers(), Each(3));
}

TEST_F(Averages, LookaheadPullsTheWeightsBack) {
  Set(0, 0);
  WeightAverage<double> average({"lookahead", {{"decay", 0.5}, {"every", 5}, {"ramp", 1}}},
                                network_, 10);
  Set(8, 4);
  average.AfterStep(4);
  EXPECT_THAT(network_.parameters(), Each(8));
  average.AfterStep(5);  // decay 0.5 * 5 / 10
  EXPECT_THAT(network_.parameters(), Each(6));
  EXPECT_THAT(network_.buffers(), Each(3));
  Set(10, 5);
  average.AfterStep(10);
  EXPECT_THAT(network_.parameters(), Each(8));
  average.Swap();
  EXPECT_THAT(network_.parameters(), Each(8));
}

TEST_F(Averages, ReestimatedStatisticsAreNotBlended) {
  WeightAverage<double> average({"ema", {{"decay", 0.5}}, {{"statistics", "reestimated"}}},
                                network_, 10);
  EXPECT_TRUE(average.reestimates());
  Set(2, 7);
  average.AfterStep(1);
  Set(4, 9);
  average.AfterStep(2);
  average.Swap();
  EXPECT_THAT(network_.parameters(), Each(3));
  EXPECT_THAT(network_.buffers(), Each(0));  // as when it began: whoever evaluates replaces them
  average.Swap();
  EXPECT_THAT(network_.buffers(), Each(9));
}

TEST_F(Averages, GoesOnFromItsState) {
  const Choice ema = {"ema", {{"decay", 0.9}, {"every", 3}}};
  WeightAverage<double> whole(ema, network_, 10), resumed(ema, network_, 10);
  for (int step = 1; step <= 7; ++step) {
    Set(step, 2 * step);
    whole.AfterStep(step);
  }
  auto from = whole.state(), to = resumed.state();
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::ranges::copy(from[i].values, to[i].values.begin());
  }
  resumed.Resume(7);
  Set(50, 60);
  whole.AfterStep(9);
  resumed.AfterStep(9);
  EXPECT_THAT(resumed.state()[0].values, ElementsAreArray(whole.state()[0].values));
  EXPECT_THAT(resumed.state()[1].values, ElementsAreArray(whole.state()[1].values));
}

}  // namespace
}  // namespace normlab
