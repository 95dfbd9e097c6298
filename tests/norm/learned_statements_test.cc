// Which statements of an equation follow from its learned values alone, and what they are.
#include "norm/equation/learned_statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "norm/norm.h"

namespace normlab::equation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Extents kExtents = {.images = 1, .channels = 6, .groups = 3, .rows = 2, .columns = 1};

std::vector<std::string> NamesOf(const std::string& text) {
  return LearnedStatements(ParseEquation(text)).names();
}

TEST(LearnedStatements, AreThoseThatTheRestReads) {
  const std::string text =
      "both = exp(a[]) + exp(b[])\n"
      "share_a = exp(a[]) / both; share_b = exp(b[]) / both\n"
      "y = share_a * (x - avg[C H W](x)) + share_b * x + bias[C]";
  const LearnedStatements statements(ParseEquation(text));
  EXPECT_THAT(statements.names(), ElementsAre("share_a", "share_b"));
  const auto values = statements.Values(kExtents, {}, {{0.5}, {-1}, {0, 0, 0, 0, 0, 0}});
  const double share = std::exp(0.5) / (std::exp(0.5) + std::exp(-1));
  ASSERT_EQ(values.size(), 2u);
  ASSERT_THAT(values[0], testing::SizeIs(1));
  EXPECT_NEAR(values[0][0], share, 1e-15);
  EXPECT_NEAR(values[1][0], 1 - share, 1e-15);
}

TEST(LearnedStatements, NothingThatDependsOnMoreThanLearnedValues) {
  EXPECT_THAT(NamesOf("m = avg[C H W](x); s = a[] * m; y = s + x * b[C]"), IsEmpty());
  EXPECT_THAT(NamesOf("m = avg[N H W](x); s = a[C] * m.running; y = s + x + 0 * m"), IsEmpty());
  EXPECT_THAT(NamesOf("s = a[] * ramp(0, 1, 0, 9); y = s * x"), IsEmpty());
  EXPECT_THAT(NamesOf("s = 2 * eps; y = s * x * a[]"), IsEmpty()) << "learns nothing";
  EXPECT_THAT(NamesOf("s = a[]; y = s * x"), IsEmpty()) << "a name of the value itself";
  EXPECT_THAT(NamesOf("y = (1 + a[]) * x"), IsEmpty()) << "no statement";
}

// A statement that others of its sort read counts where the rest reads it too.
TEST(LearnedStatements, KeepTheirAxesAndReadKeys) {
  const std::string text =
      "gate = clip(a[C], 0, 1); most = max[C](gate); s = 1 / (abs(t[C H W]) + eps)\n"
      "y = x * gate + most * s";
  const LearnedStatements statements(ParseEquation(text));
  EXPECT_THAT(statements.names(), ElementsAre("gate", "most", "s"));
  std::vector<double> t(12, 3);
  t[7] = 0;
  const auto values = statements.Values(kExtents, {.eps = 0.5}, {{-1, 0, 0.25, 1, 2, 0.75}, t});
  EXPECT_THAT(values[0], ElementsAre(0, 0, 0.25, 1, 1, 0.75));
  EXPECT_THAT(values[1], ElementsAre(1));
  ASSERT_EQ(values[2].size(), 12u);
  EXPECT_EQ(values[2][7], 2);
  EXPECT_EQ(values[2][6], 1 / 3.5);
}

TEST(LearnedStatements, OfSwitchableAreItsShares) {
  EXPECT_THAT(LearnedStatements(FindNormMethod("switchable").equation->equation).names(),
              ElementsAre("share_mean_instance", "share_mean_layer", "share_mean_batch",
                          "share_var_instance", "share_var_layer", "share_var_batch"));
}

}  // namespace
}  // namespace normlab::equation
