#include "train/gradient_clipping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace normlab {
namespace {

TEST(GradientClipping, ShortensWhatIsLonger) {
  std::vector<double> gradients{3, 0, -4};
  EXPECT_EQ(ClipGradientNorm<double>(2.5, gradients), 5);
  const double factor = 2.5 / (5 + 1e-6);
  EXPECT_THAT(gradients, testing::ElementsAre(3 * factor, 0, -4 * factor));
}

TEST(GradientClipping, LeavesWhatIsShorterAndWhatIsNotFinite) {
  std::vector<float> gradients{3, 0, -4};
  EXPECT_EQ(ClipGradientNorm<float>(5.1, gradients), 5);
  EXPECT_THAT(gradients, testing::ElementsAre(3, 0, -4));
  std::vector<float> broken{3, std::numeric_limits<float>::quiet_NaN()};
  ClipGradientNorm<float>(1, broken);
  EXPECT_EQ(broken[0], 3);
}

}  // namespace
}  // namespace normlab
