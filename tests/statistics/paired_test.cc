#include "statistics/paired.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "statistics/mcnemar.h"

namespace normlab {
namespace {

TEST(Summarize, NothingAndOneValue) {
  EXPECT_EQ(SummarizeSample({}).n, 0);
  // Sum of squares 32 over n - 1 = 7.
  const SampleSummary eight = SummarizeSample(std::vector<double>{2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(eight.mean, 5);
  EXPECT_DOUBLE_EQ(eight.deviation, std::sqrt(32.0 / 7));
  const SampleSummary one = SummarizeSample(std::vector<double>{3.5});
  EXPECT_EQ(one.n, 1);
  EXPECT_EQ(one.mean, 3.5);
  EXPECT_EQ(one.deviation, 0);
}

TEST(TestPairs, EqualSamplesDoNotDiffer) {
  const std::vector<double> a = {1, 2, 3};
  const PairedTest test = TestPairs(a, a, 0.01);
  EXPECT_EQ(test.difference.mean, 0);
  EXPECT_EQ(test.p, 1);
}

// Three differences of one image each, 0.01: mean 0.01, deviation at least 0.01 / sqrt(6), so
// t = sqrt(6) sqrt(3) = 4.243 with two degrees of freedom, p = 0.0513.
TEST(TestPairs, DifferencesThatAgreeAreStillRounded) {
  const std::vector<double> a = {76.01, 75.51, 76.31}, b = {76.00, 75.50, 76.30};
  EXPECT_NEAR(TestPairs(a, b, 0.01).p, 0.0513, 5e-5);
  const std::vector<double> c = {3, 5, 4}, d = {2, 4, 3};
  EXPECT_EQ(TestPairs(c, d, 0).p, 0) << "without rounding, equal differences are certain";
}

TEST(PairsToResolve, SaysMoreWhereNoNumberWillDo) {
  EXPECT_EQ(PairsToResolve(0, 1), kMostPairs + 1);
  EXPECT_EQ(PairsToResolve(1e-6, 1), kMostPairs + 1);
  EXPECT_EQ(PairsToResolve(100, 1), kFewestForTest);
  EXPECT_EQ(PairsToResolve(-0.5, 1), PairsToResolve(0.5, 1));
}

TEST(BootstrapInterval, CoversTheMeanAsOftenAsItSays) {
  int covered = 0;
  constexpr int kStudies = 400;
  for (int study = 0; study < kStudies; ++study) {
    // Values of a fixed sequence that is equidistributed, so that the test has no chance in it.
    std::vector<double> values;
    for (int i = 1; i <= 20; ++i) {
      const double part = std::fmod(0.618033988749895 * (study * 20 + i) * (study % 7 + 1), 1.0);
      values.push_back(part);
    }
    covered += BootstrapInterval(values, static_cast<std::uint64_t>(study)).contains(0.5);
  }
  EXPECT_GT(covered, kStudies * 90 / 100);
}

TEST(BootstrapInterval, IsNearTheTIntervalOfATameSample) {
  std::vector<double> values;
  for (int i = 0; i < 30; ++i) values.push_back(std::sin(i));
  const ConfidenceInterval bootstrap = BootstrapInterval(values, 1);
  const ConfidenceInterval student = MeanInterval(SummarizeSample(values));
  EXPECT_NEAR(bootstrap.low, student.low, 0.03);
  EXPECT_NEAR(bootstrap.high, student.high, 0.03);
  EXPECT_EQ(bootstrap.low, BootstrapInterval(values, 1).low) << "the seed decides";
}

TEST(McNemar, CountsWhereExactlyOneIsRight) {
  const bool first[] = {true, true, true, false, false, true};
  const bool second[] = {true, false, false, true, false, true};
  const McNemar test = TestSameImages(first, second);
  EXPECT_EQ(test.only_first, 2);
  EXPECT_EQ(test.only_second, 1);
  EXPECT_EQ(test.p, 1);
}

}  // namespace
}  // namespace normlab
