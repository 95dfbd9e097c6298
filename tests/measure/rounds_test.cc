#include "measure/rounds.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

TEST(Median, IsTheMiddleOrTheMeanOfTheTwoInTheMiddle) {
  EXPECT_EQ(Median({7}), 7);
  EXPECT_EQ(Median({9, 1, 4}), 4);
  EXPECT_EQ(Median({8, 1, 4, 100}), 6);
}

TEST(SpreadOf, HoldsTheExtremesBesideTheMedian) {
  const Spread spread = SpreadOf({5, 2, 11});
  EXPECT_EQ(spread.least, 2);
  EXPECT_EQ(spread.median, 5);
  EXPECT_EQ(spread.most, 11);
}

}  // namespace
}  // namespace normlab
