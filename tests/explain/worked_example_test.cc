// Examples small enough to be worked out by hand here, and the whole against the twin.
#include "explain/worked_example.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/error.h"
#include "explain/arithmetic.h"
#include "explained_golden.h"
#include "tests/norm/equation_case.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

equation::Extents Map(int images, int channels, int rows, int columns, int groups = 1) {
  return {.images = images,
          .ghost = DefaultGhost(images),
          .channels = channels,
          .groups = groups,
          .rows = rows,
          .columns = columns};
}

ExampleInput Drawn(std::string_view norm, const equation::Extents& extents, bool training = true,
                   std::uint64_t seed = 1) {
  ExampleInput input;
  input.method = &FindNormMethod(norm);
  input.extents = extents;
  input.training = training;
  DrawExample(input, seed);
  return input;
}

// Two channels of one image: 1 3 and 2 10. eps 5, so that deviations are 6^(1/2) and 21^(1/2).
ExampleInput ByHand(std::string_view norm) {
  ExampleInput input = Drawn(norm, Map(1, 2, 1, 2));
  input.constants.eps = 5;
  input.x = {1, 3, 2, 10};
  input.dy = {1, 0, 0, -1};
  input.learned = {{2, 3}, {-1, 1}};
  input.learned.resize(input.equation().learned.size());
  return input;
}

TEST(WorkedExample, OfInstanceIsWhatPencilAndPaperGive) {
  const WorkedExample example = Work(ByHand("instance"));
  const WorkedStep &m = example.steps[0], &v = example.steps[1];
  EXPECT_EQ(m.values, (Doubles{2, 6}));
  EXPECT_EQ(v.values, (Doubles{1, 16}));
  EXPECT_EQ(example.counts(m), (std::vector<std::size_t>{2, 2}));
  EXPECT_EQ(example.enters(m), (std::vector<std::size_t>{0, 0, 1, 1}));
  const double s0 = std::sqrt(6.0), s1 = std::sqrt(21.0);
  const double xh[] = {-1 / s0, 1 / s0, -4 / s1, 4 / s1};
  for (std::size_t e = 0; e < 4; ++e) {
    EXPECT_NEAR(example.y()[e], (e < 2 ? 2 : 3) * xh[e] + (e < 2 ? -1 : 1), 1e-14);
  }
  EXPECT_NEAR(example.learned_gradients[0].values[0], -1 / s0, 1e-15);
  EXPECT_NEAR(example.learned_gradients[0].values[1], -4 / s1, 1e-15);
  EXPECT_EQ(example.learned_gradients[1].values, (Doubles{1, -1}));
  // Channel 0, by y alone: dy weight / s. By m: minus the sum of these, over two values. By v,
  // which has -dy weight (x - m) / (2 s^3) = 1 / (s0^3): twice the distance from the mean, over
  // two.
  const WorkedGradient& dx = example.x_gradient;
  ASSERT_EQ(dx.parts.size(), 3u);
  EXPECT_NEAR(dx.parts[0].values[0], 2 / s0, 1e-15);
  EXPECT_NEAR(v.gradient.values[0], 1 / (s0 * s0 * s0), 1e-15);
  EXPECT_NEAR(m.gradient.values[0], -2 / s0, 1e-15);
  EXPECT_NEAR(dx.values[0], 2 / s0 - 1 / s0 - 1 / (s0 * s0 * s0), 1e-15);
}

TEST(WorkedExample, MovesRunningValuesByTheUnbiasedVarianceOnce) {
  ExampleInput input = ByHand("batch");
  input.running = {{10, 0}, {4, 1}, {}};
  input.constants.momentum = 0.25;
  const WorkedExample example = Work(input);
  EXPECT_NEAR(example.running[0][0], 0.75 * 10 + 0.25 * 2, 1e-14);
  EXPECT_NEAR(example.running[1][1], 0.75 * 1 + 0.25 * 32, 1e-14);
}

TEST(WorkedExample, OfAnEvaluationUsesRunningValues) {
  ExampleInput input = ByHand("batch");
  input.training = false;
  input.running = {{10, 0}, {4, 11}, {}};
  const WorkedExample example = Work(input);
  EXPECT_EQ(example.steps[0].values, input.running[0]);
  EXPECT_TRUE(example.steps[0].from_running);
  EXPECT_NEAR(example.y()[0], 2 * (1 - 10) / 3.0 - 1, 1e-15);
  EXPECT_NEAR(example.x_gradient.values[3], 3 * -1 / 4.0, 1e-15);
  EXPECT_EQ(example.running, input.running);
}

TEST(WorkedExample, OfNoneIsX) {
  const WorkedExample example = Work(Drawn("none", Map(2, 4, 2, 2)));
  EXPECT_EQ(example.y(), example.input.x);
  EXPECT_EQ(example.x_gradient.values, example.input.dy);
  EXPECT_EQ(example.steps.size(), 1u);
}

// A reduction within a statement is a step of its own; ghost batches of 2 and 1 images.
TEST(WorkedExample, OfGhostBatchesGroupsAndARamp) {
  ExampleInput input = Drawn("m = avg[M](x); y = (x - m) * ramp(1, 3, 0, 4) + max[K H W](abs(x))",
                             Map(3, 2, 1, 1, 1));
  input.x = {1, 2, 5, 4, -3, 7};
  input.constants.step = 1;
  const WorkedExample example = Work(input);
  ASSERT_EQ(example.steps.size(), 3u);
  EXPECT_EQ(example.steps[0].values, (Doubles{3, 3, -3, 7}));
  EXPECT_EQ(example.steps[1].name, "max[K H W](abs(x))");
  EXPECT_EQ(example.steps[1].values, (Doubles{2, 5, 7}));
  EXPECT_EQ(example.y(), (Doubles{(1 - 3) * 1.5 + 2, (2 - 3) * 1.5 + 2, (5 - 3) * 1.5 + 5,
                                  (4 - 3) * 1.5 + 5, 7, 7}));
}

// The chain rule from step to step against the twin's own gradient of the whole.
TEST(WorkedExample, SumsItsPartsToTheTwinsGradient) {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    const equation::EquationCase one = equation::MakeRandomCase(seed);
    if (one.x.size() > 150) continue;
    for (const bool training : {true, false}) {
      ExampleInput input;
      input.method = &FindNormMethod(one.text);
      input.extents = one.extents;
      input.constants = one.constants;
      input.training = training;
      input.x = one.x;
      input.dy = one.y_gradient;
      input.learned = one.learned;
      input.running = one.running;
      const WorkedExample example = Work(input);
      equation::Twin<double> twin(input.equation(), one.extents, one.constants);
      twin.Forward(one.x, one.learned, one.running, training);
      twin.Backward(one.y_gradient);
      ASSERT_EQ(example.y(), twin.y()) << one.Told();
      ASSERT_LE(LargestDifference(example.x_gradient.values, twin.x_gradient()), 1e-10)
          << one.Told();
      for (std::size_t i = 0; i < one.learned.size(); ++i) {
        ASSERT_LE(LargestDifference(example.learned_gradients[i].values, twin.learned_gradient(i)),
                  1e-10)
            << one.Told();
      }
      ASSERT_LE(example.largest_difference, 1e-9) << one.Told();
      ASSERT_EQ(example.kinks, 0u) << one.Told();
    }
  }
}

TEST(WorkedExample, IsCheckedByTheComplexStepForEveryMethodAndUglyShapes) {
  for (const NormMethod& method : NormMethods()) {
    for (const auto& extents : {Map(1, 4, 2, 2, 2), Map(5, 6, 1, 3, 2), Map(3, 15, 3, 1, 3)}) {
      for (const bool training : {true, false}) {
        const WorkedExample example = Work(Drawn(method.name, extents, training));
        EXPECT_EQ(example.x_gradient.numeric.size(), example.input.x.size());
        EXPECT_LT(example.largest_difference, 1e-9) << method.name;
      }
    }
  }
}

// Of three equal values the largest: no derivative, and backward takes one between. That of abs at
// 0 is 0, which the complex step takes too.
TEST(WorkedExample, LeavesKinksOutOfTheCheckAndSaysHowMany) {
  ExampleInput input = Drawn("y = abs(x) + max[H W](x)", Map(1, 1, 1, 4));
  input.x = {0, 2, 2, 2};
  input.dy = {1, 1, 1, 1};
  const WorkedExample example = Work(input);
  EXPECT_EQ(example.kinks, 3u);
  EXPECT_EQ(example.checked, 1u);
  EXPECT_THAT(CheckLine(example), HasSubstr("3 at a kink"));
}

TEST(WorkedExample, ChecksTheFirstGradientsOfALargeOne) {
  const WorkedExample example = Work(Drawn("layer", Map(4, 16, 16, 16)));
  EXPECT_GT(example.x_gradient.numeric.size(), 50u);
  EXPECT_LT(example.x_gradient.numeric.size(), 1000u);
  EXPECT_EQ(example.learned_gradients[0].numeric.size(), 16u);
  EXPECT_LT(example.largest_difference, 1e-9);
}

std::string Refusal(const ExampleInput& input) {
  try {
    Work(input);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(WorkedExample, RefusesAVarianceOfOneValueAndGroupsThatDoNotDivide) {
  EXPECT_THAT(Refusal(Drawn("instance", Map(2, 3, 1, 1))), HasSubstr("would be over one value"));
  EXPECT_THAT(Refusal(Drawn("batch", Map(1, 3, 1, 1))), HasSubstr("v = var[N H W](x)"));
  EXPECT_THAT(Refusal(Drawn("layer-channels", Map(2, 1, 3, 3))), HasSubstr("one value"));
  EXPECT_EQ(Refusal(Drawn("batch", Map(1, 3, 1, 1), false)), "accepted") << "running values";
  EXPECT_EQ(Refusal(Drawn("rms", Map(1, 1, 1, 1))), "accepted") << "subtracts none";
  // The last ghost batch is one image.
  EXPECT_THAT(Refusal(Drawn("v = var[M H W](x); y = x / sqrt(v + eps)", Map(3, 2, 1, 1))),
              HasSubstr("v = var[M H W](x) would be over one value"));
  ExampleInput groups = Drawn("group", Map(2, 4, 2, 2, 2));
  groups.extents.groups = 3;
  EXPECT_THAT(Refusal(groups), HasSubstr("expected one of 1, 2, 4"));
}

TEST(WorkedExample, NamesWhatIsNotFiniteWithItsNumbers) {
  ExampleInput large = ByHand("layer"), constant = ByHand("layer");
  large.x[0] = 1e308;
  large.x[1] = -1e308;
  EXPECT_THAT(Refusal(large), HasSubstr("inf"));
  constant.x.assign(4, 3);
  constant.constants.eps = 0;
  EXPECT_THAT(Refusal(constant),
              AllOf(HasSubstr("2 * (3 - 3) / sqrt(0 + 0) + (-1)"), HasSubstr("eps > 0")));
}

TEST(DrawnExample, DependsOnTheSeedAloneAndIsFitForHands) {
  const ExampleInput one = Drawn("batch", Map(3, 4, 2, 2)),
                     same = Drawn("group", Map(3, 4, 2, 2, 2));
  EXPECT_EQ(one.x, same.x);
  EXPECT_EQ(one.dy, same.dy);
  EXPECT_NE(one.x, Drawn("batch", Map(3, 4, 2, 2), true, 2).x);
  for (const double value : one.x) {
    EXPECT_EQ(value, std::round(value));
    EXPECT_LE(std::abs(value), 5);
  }
  for (const double value : one.dy) EXPECT_EQ(2 * value, std::round(2 * value));
  EXPECT_EQ(one.learned, (std::vector<Doubles>{{1, 2, 0.5, 1.5}, {0, 1, -1, 0.5}}));
  EXPECT_EQ(one.running[0], Doubles(4, 0));
  const ExampleInput evaluation = Drawn("batch", Map(3, 4, 2, 2), false);
  const Doubles& variances = evaluation.running[1];
  EXPECT_EQ(std::set(variances.begin(), variances.end()).size(), 4u);
}

TEST(DrawnExample, StaysWithinBounds) {
  const ExampleInput gate =
      Drawn("equation = 'y = x * rho[C]'\n[learned.rho]\ninitial = 1\nbounds = [0, 1]\n",
            Map(1, 4, 1, 1));
  EXPECT_EQ(gate.learned, (std::vector<Doubles>{{1, 1, 0.5, 1}}));
}

TEST(Arithmetic, NamesPlacesByTheAxesThatAValueHas) {
  const equation::Extents extents = Map(3, 4, 2, 5, 2);
  EXPECT_EQ(PlaceText(extents, Axes::All(), 3 * 10 + 7), "[0,3,1,2]");
  EXPECT_EQ(PlaceText(extents, Axes(), 0), "");
  EXPECT_EQ(PlaceWords(extents, Axes::GhostBatches().With(Axes::Groups()), 3),
            "ghost batch 1, group 1");
  EXPECT_EQ(PlaceWords(extents, Axes::Images().With(Axes::Columns()), 7), "image 1, column 2");
  EXPECT_EQ(StatisticLetter(0) + StatisticLetter(25) + StatisticLetter(26), "AZAA");
  EXPECT_EQ(StatisticLetter(26 * 27), "AAA");
}

TEST(Arithmetic, WritesNumbersWithSixDigitsAndNoNegativeZero) {
  EXPECT_EQ(NumberText(-0.0), "0");
  EXPECT_EQ(NumberText(1.0 / 3), "0.333333");
  EXPECT_EQ(NumberText(-12), "-12");
}

}  // namespace
}  // namespace normlab
