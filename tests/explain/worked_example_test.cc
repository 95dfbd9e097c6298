// Examples small enough to be worked out by hand here.
#include "explain/worked_example.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/error.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

ExampleInput Drawn(std::string_view norm, int images, Shape shape, int groups = 1,
                   bool training = true, std::uint64_t seed = 1) {
  ExampleInput input;
  input.method = &FindNormMethod(norm);
  input.images = images;
  input.shape = shape;
  input.groups = groups;
  input.training = training;
  DrawExample(input, seed);
  return input;
}

// Two channels of one image: 1 3 and 2 10. eps 5, so that deviations are 6^(1/2) and 21^(1/2).
ExampleInput ByHand(std::string_view norm) {
  ExampleInput input;
  input.method = &FindNormMethod(norm);
  input.images = 1;
  input.shape = {2, 1, 2};
  input.eps = 5;
  input.x = {1, 3, 2, 10};
  input.dy = {1, 0, 0, -1};
  input.gamma = {2, 3};
  if (input.method->has_bias) input.beta = {-1, 1};
  return input;
}

TEST(WorkedExample, OfInstanceIsWhatPencilAndPaperGive) {
  const WorkedExample example = Work(ByHand("instance"));
  EXPECT_EQ(example.values_per_statistic, 2u);
  EXPECT_EQ(example.statistic_of, (std::vector<int>{0, 0, 1, 1}));
  EXPECT_EQ(example.mean, (std::vector<double>{2, 6}));
  EXPECT_EQ(example.var, (std::vector<double>{1, 16}));
  EXPECT_EQ(example.unbiased_var_of_x, (std::vector<double>{2, 32}));
  const double s0 = std::sqrt(6.0), s1 = std::sqrt(21.0);
  EXPECT_NEAR(example.deviation[1], s1, 1e-15);
  const double xh[] = {-1 / s0, 1 / s0, -4 / s1, 4 / s1};
  for (std::size_t e = 0; e < 4; ++e) {
    EXPECT_NEAR(example.normalized[e], xh[e], 1e-15);
    EXPECT_NEAR(example.y[e], (e < 2 ? 2 : 3) * xh[e] + (e < 2 ? -1 : 1), 1e-14);
  }
  EXPECT_NEAR(example.dgamma[0], -1 / s0, 1e-15);
  EXPECT_NEAR(example.dgamma[1], -4 / s1, 1e-15);
  EXPECT_EQ(example.dbeta, (std::vector<double>{1, -1}));
  // Channel 0: g = 2 0, mean 1, g xh = -2/s0 0, mean -1/s0.
  EXPECT_NEAR(example.dx[0], (2 - 1 - (-1 / s0) * (-1 / s0)) / s0, 1e-15);
  EXPECT_NEAR(example.dx[1], (0 - 1 - (1 / s0) * (-1 / s0)) / s0, 1e-15);
}

TEST(WorkedExample, OfRmsSubtractsNothing) {
  const WorkedExample example = Work(ByHand("rms"));
  EXPECT_EQ(example.var, (std::vector<double>{(1 + 9 + 4 + 100) / 4.0}));
  EXPECT_TRUE(example.unbiased_var_of_x.empty());
  EXPECT_TRUE(example.dbeta.empty());
  EXPECT_NEAR(example.y[3], 3 * 10 / std::sqrt(28.5 + 5), 1e-14);
}

TEST(WorkedExample, MovesRunningStatisticsByTheUnbiasedVarianceOnce) {
  ExampleInput input = ByHand("batch");
  input.running_mean = {10, 0};
  input.running_var = {4, 1};
  input.momentum = 0.25;
  const WorkedExample example = Work(input);
  EXPECT_NEAR(example.running_mean[0], 0.75 * 10 + 0.25 * 2, 1e-14);
  EXPECT_NEAR(example.running_var[1], 0.75 * 1 + 0.25 * 32, 1e-14);
}

TEST(WorkedExample, OfAnEvaluationUsesRunningStatisticsAndShowsThoseOfX) {
  ExampleInput input = ByHand("batch");
  input.training = false;
  input.running_mean = {10, 0};
  input.running_var = {4, 11};
  const WorkedExample example = Work(input);
  EXPECT_EQ(example.mean, input.running_mean);
  EXPECT_EQ(example.var, input.running_var);
  EXPECT_EQ(example.mean_of_x, (std::vector<double>{2, 6}));
  EXPECT_NEAR(example.y[0], 2 * (1 - 10) / 3.0 - 1, 1e-15);
  EXPECT_NEAR(example.dx[3], 3 * -1 / 4.0, 1e-15);
  EXPECT_EQ(example.running_mean, input.running_mean);
}

TEST(WorkedExample, OfNoneIsX) {
  const WorkedExample example = Work(Drawn("none", 2, {4, 2, 2}));
  EXPECT_EQ(example.y, example.input.x);
  EXPECT_EQ(example.dx, example.input.dy);
  EXPECT_EQ(example.statistics(), 0u);
}

TEST(WorkedExample, IsCheckedByDifferencesForEveryMethodAndUglyShapes) {
  for (const NormMethod& method : MomentsMethods()) {
    for (const Shape shape : {Shape{4, 2, 2}, Shape{6, 1, 3}, Shape{15, 3, 1}}) {
      for (const int images : {1, 3}) {
        for (const bool training : {true, false}) {
          const WorkedExample example =
              Work(Drawn(method.name, images, shape, DefaultGroups(shape.channels), training));
          EXPECT_EQ(example.numeric.dx.size(), example.dx.size());
          EXPECT_LT(NumericDifference(example), 1e-6) << method.name;
        }
      }
    }
  }
}

TEST(WorkedExample, ChecksTheFirstGradientsOfALargeOne) {
  const WorkedExample example = Work(Drawn("layer", 4, {16, 16, 16}));
  EXPECT_GT(example.numeric.dx.size(), 50u);
  EXPECT_LT(example.numeric.dx.size(), 1000u);
  EXPECT_EQ(example.numeric.dgamma.size(), 16u);
  EXPECT_LT(NumericDifference(example), 1e-6);
}

TEST(WorkedExample, RefusesAMeanOverOneValueAndGroupsThatDoNotDivide) {
  const auto refusal = [](const ExampleInput& input) -> std::string {
    try {
      Work(input);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal(Drawn("instance", 2, {3, 1, 1})), HasSubstr("mean would be over one value"));
  EXPECT_THAT(refusal(Drawn("batch", 1, {3, 1, 1})), HasSubstr("one value"));
  EXPECT_THAT(refusal(Drawn("layer-channels", 2, {1, 3, 3})), HasSubstr("one value"));
  EXPECT_EQ(refusal(Drawn("batch", 1, {3, 1, 1}, 1, false)), "accepted") << "running statistics";
  EXPECT_EQ(refusal(Drawn("rms", 1, {1, 1, 1})), "accepted") << "subtracts none";
  EXPECT_THAT(refusal(Drawn("group", 2, {4, 2, 2}, 3)), HasSubstr("expected one of 1, 2, 4"));
  EXPECT_THAT(refusal(Drawn("group", 2, {4, 2, 2}, 0)), HasSubstr("0 groups"));
}

TEST(WorkedExample, RefusesWhatIsNotFinite) {
  ExampleInput large = ByHand("layer"), constant = ByHand("layer");
  large.x[0] = 1e308;
  large.x[1] = -1e308;
  EXPECT_THROW(Work(large), UsageError);
  constant.x.assign(4, 3);
  constant.eps = 0;
  try {
    Work(constant);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("variance 0 and eps is 0"));
  }
}

TEST(DrawnExample, DependsOnTheSeedAloneAndIsFitForHands) {
  const ExampleInput one = Drawn("batch", 3, {4, 2, 2}), same = Drawn("group", 3, {4, 2, 2}, 2);
  EXPECT_EQ(one.x, same.x);
  EXPECT_EQ(one.dy, same.dy);
  EXPECT_NE(one.x, Drawn("batch", 3, {4, 2, 2}, 1, true, 2).x);
  for (const double value : one.x) {
    EXPECT_EQ(value, std::round(value));
    EXPECT_LE(std::abs(value), 5);
  }
  for (const double value : one.dy) EXPECT_EQ(2 * value, std::round(2 * value));
  EXPECT_EQ(std::set(one.gamma.begin(), one.gamma.end()).size(), 4u) << "by channel";
  EXPECT_EQ(one.running_mean, std::vector<double>(4, 0));
  const ExampleInput evaluation = Drawn("batch", 3, {4, 2, 2}, 1, false);
  EXPECT_EQ(std::set(evaluation.running_var.begin(), evaluation.running_var.end()).size(), 4u);
}

TEST(Statistics, AreNamedByLettersAndCells) {
  EXPECT_EQ(StatisticLetter(0), "A");
  EXPECT_EQ(StatisticLetter(25), "Z");
  EXPECT_EQ(StatisticLetter(26), "AA");
  EXPECT_EQ(StatisticLetter(26 * 27), "AAA");
  EXPECT_EQ(StatisticCells(Work(Drawn("batch", 3, {4, 2, 2})), 2),
            "all images, channel 2, all pixels");
  EXPECT_EQ(StatisticCells(Work(Drawn("group", 3, {4, 2, 2}, 2)), 3),
            "image 1, channels 2 to 3, all pixels");
  EXPECT_EQ(StatisticCells(Work(Drawn("layer-channels", 2, {4, 2, 3})), 11),
            "image 1, all channels, pixel (1, 2)");
  EXPECT_EQ(StatisticCells(Work(Drawn("batch", 2, {1, 1, 1})), 0),
            "all images, channel 0, its pixel");
}

}  // namespace
}  // namespace normlab
