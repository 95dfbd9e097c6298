#include "base/text.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

TEST(WithCommas, GroupsThreeDigits) {
  EXPECT_EQ(WithCommas(0), "0");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(WithCommas(1000), "1,000");
  EXPECT_EQ(WithCommas(170052171), "170,052,171");
  EXPECT_EQ(WithCommas(18446744073709551615u), "18,446,744,073,709,551,615");
}

}  // namespace
}  // namespace normlab
