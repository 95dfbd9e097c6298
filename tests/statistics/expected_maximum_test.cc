#include "statistics/expected_maximum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/philox.h"

namespace normlab {
namespace {

// Closed forms: of two 1 / sqrt(pi), of three 3 / (2 sqrt(pi)); of ten Tippett's table, 1.53875.
TEST(ExpectedMaximum, OfStandardNormals) {
  EXPECT_EQ(ExpectedMaximum(1), 0);
  EXPECT_NEAR(ExpectedMaximum(2), 1 / std::sqrt(std::numbers::pi), 1e-9);
  EXPECT_NEAR(ExpectedMaximum(3), 1.5 / std::sqrt(std::numbers::pi), 1e-9);
  EXPECT_NEAR(ExpectedMaximum(10), 1.53875, 5e-6);
}

TEST(ExpectedMaximum, IsWhatDrawsGive) {
  constexpr int kDraws = 20000;
  for (const int count : {24, 100}) {
    RandomStream stream(5, Purpose::kBootstrap, 0, static_cast<std::uint32_t>(count));
    double sum = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
      double largest = -99;
      for (int i = 0; i < count; ++i) largest = std::max(largest, stream.Normal());
      sum += largest;
    }
    EXPECT_NEAR(sum / kDraws, ExpectedMaximum(count), 4 * 0.6 / std::sqrt(kDraws));
  }
}

}  // namespace
}  // namespace normlab
