#include "statistics/family.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

// Tested alone the first has t = 53.2 with two degrees of freedom, p = 0.00035; what has too few
// seeds neither is tested nor costs the others anything.
TEST(JudgeFamily, LeavesOutWhatHasTooFewSeeds) {
  const Change shown{{10, 9.5, 10.1}, 0}, few{{5, 5}, 0}, none{{}, 0};
  const auto alone = JudgeFamily({shown}, 0.05), beside = JudgeFamily({few, shown, none}, 0.05);
  ASSERT_EQ(beside.size(), 3u);
  EXPECT_NEAR(alone[0].adjusted_p, 0.00035, 5e-6);
  EXPECT_EQ(beside[1].adjusted_p, alone[0].adjusted_p);
  EXPECT_TRUE(beside[1].shown);
  EXPECT_EQ(TestsOf(beside), 1);
  for (const std::size_t i : {0u, 2u}) {
    EXPECT_FALSE(beside[i].tested);
    EXPECT_FALSE(beside[i].shown);
    EXPECT_EQ(beside[i].adjusted_p, 1);
  }
  EXPECT_EQ(beside[0].difference.mean, 5);
  EXPECT_EQ(beside[0].difference.n, 2);
}

TEST(JudgeFamily, CorrectsForItsSize) {
  const Change change{{10, 9.5, 10.1}, 0}, noise{{1, -1, 0.5}, 0};
  const double alone = JudgeFamily({change}, 0.05)[0].adjusted_p;
  const auto family = JudgeFamily(std::vector<Change>{change, noise, noise, noise}, 0.05);
  EXPECT_NEAR(family[0].adjusted_p, 4 * alone, 1e-15);
  EXPECT_FALSE(JudgeFamily({change, noise}, alone)[0].shown);
  EXPECT_TRUE(JudgeFamily({change}, alone)[0].shown);
}

TEST(JudgeFamily, TakesEachMembersOwnResolution) {
  const Change exact{{1, 1, 1}, 0}, rounded{{1, 1, 1}, 1};
  const auto family = JudgeFamily({exact, rounded}, 0.05);
  EXPECT_EQ(family[0].test.p, 0);
  EXPECT_NEAR(family[1].test.p, 0.0513, 5e-5) << "t = sqrt(6) sqrt(3) with two degrees of freedom";
}

TEST(JudgeFamily, OfNothingIsNothing) { EXPECT_TRUE(JudgeFamily({}, 0.05).empty()); }

}  // namespace
}  // namespace normlab
