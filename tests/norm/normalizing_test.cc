#include "norm/equation/normalizing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "norm/equation/same_trees.h"
#include "norm/equation/source_text.h"
#include "norm/equation/statistics.h"
#include "norm/equation/twin.h"
#include "norm/norm.h"

namespace normlab::equation {
namespace {

Normalizing Of(const std::string& text) { return NormalizingOf(ParseEquation(text)); }

// Letters of what holds: statistics, mean subtracted, divides, invariant.
std::string Letters(const Normalizing& what) {
  std::string letters;
  if (what.has_statistics) letters += 's';
  if (what.subtracts_mean) letters += 'm';
  if (what.divides) letters += 'd';
  if (what.scale_invariant) letters += 'i';
  return letters;
}

TEST(Normalizing, OfTheShippedMethods) {
  const auto of = [](const char* name) {
    return Letters(NormalizingOf(FindNormMethod(name).equation->equation));
  };
  EXPECT_EQ(of("none"), "");
  EXPECT_EQ(of("batch"), "smdi");
  EXPECT_EQ(of("layer-channels"), "smdi");
  EXPECT_EQ(of("rms"), "sdi");
  EXPECT_EQ(of("frn"), "sdi");
  EXPECT_EQ(of("dyt"), "");
  EXPECT_EQ(of("derf"), "");
  EXPECT_EQ(of("salu"), "") << "what divides is no statistic";
  EXPECT_EQ(of("grn"), "sd") << "x itself is added";
  EXPECT_EQ(of("evonorm-s0"), "sd") << "its sigmoid sees the scale";
  EXPECT_EQ(of("evonorm-b0"), "sdi");
  EXPECT_EQ(of("l1-batch"), "smdi");
  EXPECT_EQ(of("mean-only-batch"), "sm");
  EXPECT_EQ(of("switchable"), "smdi");
  EXPECT_EQ(of("batch-instance"), "smdi");
  EXPECT_EQ(of("batch-channel"), "smdi");
  EXPECT_EQ(of("pono"), "smdi");
  EXPECT_EQ(of("batch-renorm"), "smd") << "its running values keep the old scale";
}

TEST(Normalizing, OfMadeUpEquations) {
  EXPECT_EQ(Letters(Of("y = x - max[H W](x)")), "s");
  EXPECT_EQ(Letters(Of("y = x - 2 * avg[H](x)")), "sm");
  EXPECT_EQ(Letters(Of("y = x - stop(avg[H](x))")), "sm");
  EXPECT_EQ(Letters(Of("y = x - avg[H](x^2)")), "s");
  EXPECT_EQ(Letters(Of("y = x * (avg[C](x^2) + eps)^(-1/2)")), "s") << "no plain exponent";
  EXPECT_EQ(Letters(Of("y = x * (avg[C](x^2) + eps)^-0.5")), "sdi");
  EXPECT_EQ(Letters(Of("y = x / sqrt(avg[C](x^2) + 0.1)")), "sd") << "0.1 is no eps";
  EXPECT_EQ(Letters(Of("y = relu(x) / max(norm[C](x), eps)")), "sdi");
  EXPECT_EQ(Letters(Of("y = tanh(x / norm[C](x)) + x * 0")), "sd");
}

// x of two scales through the twin, eps 0: whatever is called invariant is.
TEST(Normalizing, WhatIsCalledScaleInvariantIs) {
  const Extents extents = {3, 2, 4, 2, 2, 3};
  std::vector<double> x, larger;
  for (int i = 0; i < 3 * 4 * 2 * 3; ++i) {
    x.push_back(std::sin(3.7 * i) + 0.3 * std::cos(11.0 * i));
    larger.push_back(4.5 * x.back());
  }
  int invariant = 0;
  for (const NormMethod& method : NormMethods()) {
    const Equation& equation = method.equation->equation;
    std::vector<std::vector<double>> learned, running;
    for (std::size_t i = 0; i < equation.learned.size(); ++i) {
      learned.emplace_back(extents.size(equation.learned[i].axes), 0.7 + 0.1 * double(i));
    }
    for (const Statement& statement : equation.statements) {
      const Axes axes = equation.nodes[statement.node].axes.Without(Axes::Images());
      running.emplace_back(statement.running ? extents.size(axes) : 0, 1.3);
    }
    const Constants constants = {.eps = 0, .step = 30000};  // within the ramps of batch-renorm
    Twin<double> one(equation, extents, constants), other(equation, extents, constants);
    one.Forward(x, learned, running, true);
    other.Forward(larger, learned, running, true);
    double farthest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      farthest = std::max(farthest, std::abs(one.y()[i] - other.y()[i]));
    }
    EXPECT_EQ(NormalizingOf(equation).scale_invariant, farthest < 1e-9) << method.name;
    invariant += farthest < 1e-9;
  }
  EXPECT_GT(invariant, 10);
}

bool Keeps(const std::string& text, const Extents& extents, int images) {
  const Equation equation = ParseEquation(text);
  return KeepsInput(equation, LoneReductions(equation, extents, images));
}

TEST(Normalizing, NothingIsLeftWhereAMeanIsOfOneValue) {
  const Extents pixel = {5, 0, 4, 2, 1, 1};
  EXPECT_FALSE(Keeps("m = avg[H W](x); y = w[C] * (x - m) + b[C]", pixel, 5));
  EXPECT_TRUE(Keeps("m = avg[H W](x); y = w[C] * (x - m) + b[C] * x", pixel, 5));
  EXPECT_TRUE(Keeps("m = avg[C H W](x); y = x - m", pixel, 5));
  EXPECT_FALSE(Keeps("m = avg[C](x); y = x - m", {5, 0, 1, 1, 7, 3}, 5));
  EXPECT_FALSE(Keeps("m = avg[K](x); y = tanh(x - m)", {5, 0, 4, 4, 7, 3}, 5));
  EXPECT_FALSE(Keeps("m = avg[H](x); y = max((x - m) / sqrt(avg[H](x^2)), t[C])", pixel, 5));
  EXPECT_TRUE(Keeps("m = avg[H](x); y = max((x - m) / sqrt(avg[H](x^2)), x)", pixel, 5));
  EXPECT_FALSE(Keeps("m = avg[N H W](x); y = x - m", {1, 0, 4, 2, 1, 1}, 1));
  EXPECT_TRUE(Keeps("m = avg[N H W](x); y = x - m", {1, 0, 4, 2, 1, 1}, 0));
  EXPECT_FALSE(Keeps("a = avg[W](x); b = max[H](a); y = x - b", pixel, 5));
  EXPECT_FALSE(Keeps("y = x * var[H W](x)", pixel, 5));
  EXPECT_TRUE(Keeps("y = x / sqrt(avg[H W](x^2) + eps)", pixel, 5)) << "its sign is left";
}

std::vector<std::string> Signs(const std::string& text, const Extents& extents) {
  const Equation equation = ParseEquation(text);
  std::vector<std::string> signs;
  for (const SignAlone& sign :
       SignsAlone(equation, LoneReductions(equation, extents, extents.images))) {
    signs.push_back(NodeText(equation, sign.of) + " by " + NodeText(equation, sign.reduction));
  }
  return signs;
}

TEST(Normalizing, AQuotientByItsOwnMagnitudeOfOneValueIsASign) {
  const Extents pixel = {5, 0, 4, 2, 1, 1};
  using ::testing::ElementsAre;
  using ::testing::IsEmpty;
  const std::string frn =
      "n = avg[H W](x^2); y = max(weight[C] * x / sqrt(n + eps) + bias[C], tau[C])";
  EXPECT_THAT(Signs(frn, pixel), ElementsAre("x by n"));
  EXPECT_THAT(Signs(frn, {5, 0, 4, 2, 1, 2}), IsEmpty());
  EXPECT_THAT(Signs("y = x * weight[C] / norm[H W](x)", pixel), ElementsAre("x by norm[H W](x)"));
  EXPECT_THAT(Signs("y = -x / (3 * avg[W](abs(x)) + eps)", pixel),
              ElementsAre("x by avg[W](abs(x))"));
  EXPECT_THAT(Signs("y = x / (sum[W](x * x) + eps)^0.5", pixel), ElementsAre("x by sum[W](x * x)"));
  EXPECT_THAT(Signs("z = x + b[C]; y = z / sqrt(max[H](z^2))", pixel),
              ElementsAre("z by max[H](z^2)"));
  EXPECT_THAT(Signs("y = x / max(norm[W](x), eps)", pixel), ElementsAre("x by norm[W](x)"));
  EXPECT_THAT(Signs("y = x * x / norm[W](x)", pixel), IsEmpty()) << "the magnitude is left";
  EXPECT_THAT(Signs("y = x / norm[W](x + 1)", pixel), IsEmpty());
  EXPECT_THAT(Signs("y = x / sqrt(norm[W](x))", pixel), IsEmpty());
  EXPECT_THAT(Signs("y = x / avg[W](x^2)", pixel), IsEmpty());
  EXPECT_THAT(Signs("y = x / avg[W](x)", pixel), IsEmpty());
  EXPECT_THAT(Signs("y = x / sqrt(avg[C](x^2) + eps)", {5, 0, 1, 1, 9, 9}),
              ElementsAre("x by avg[C](x^2)"));
  EXPECT_THAT(Signs("m = avg[M H W](x^2); y = x / sqrt(m + eps)", {17, 16, 4, 2, 1, 1}),
              ElementsAre("x by m"));
  EXPECT_THAT(Signs("m = avg[M H W](x^2); y = x / sqrt(m + eps)", {18, 16, 4, 2, 1, 1}), IsEmpty());
}

std::vector<std::string> StandardizedTexts(const std::string& text) {
  std::vector<std::string> texts;
  for (const Standardized& each : StandardizedOver(ParseEquation(text))) {
    texts.push_back(each.pooled.text() + (each.centred ? " centred" : ""));
  }
  return texts;
}

TEST(Normalizing, ABoundIsKnownOfWhatIsStandardized) {
  using ::testing::ElementsAre;
  using ::testing::IsEmpty;
  const auto moments = [](const std::string& rest) {
    return "m = avg[H W](x); v = var[H W](x); y = " + rest;
  };
  EXPECT_THAT(StandardizedTexts(moments("w[C] * (x - m) / sqrt(v + eps) + b[C]")),
              testing::Contains("H W centred"));
  EXPECT_THAT(StandardizedTexts("y = x / sqrt(avg[K](x^2) + eps)"), ElementsAre("K"));
  EXPECT_THAT(StandardizedTexts("m = avg[W](x); d = x - m; y = d / sqrt(avg[W](d^2) + eps)"),
              ElementsAre("W centred"));
  EXPECT_THAT(StandardizedTexts(moments("x / sqrt(v + eps) + m")), IsEmpty());
  EXPECT_THAT(StandardizedTexts(moments("(x - m) / sqrt(0.5 * v + eps)")), IsEmpty());
  EXPECT_THAT(StandardizedTexts("m = avg[W](x); v = var[H](x); y = (x - m) / sqrt(v)"), IsEmpty());
  EXPECT_THAT(StandardizedTexts("y = x * sigmoid(x) / sqrt(avg[W](x^2))"), IsEmpty());
}

TEST(Normalizing, MeansOfChannelsAreTheSameWhereTheirPixelsWereCentred) {
  const auto constant = [](const std::string& text, const Extents& extents) {
    return HasConstantChannelMeans(ParseEquation(text), extents);
  };
  const Extents map = {5, 0, 4, 2, 3, 2};
  const std::string moments = "m = avg[H W](x); v = var[H W](x); y = ";
  EXPECT_TRUE(constant(moments + "w[C] * (x - m) / sqrt(v + eps) + b[C]", map));
  EXPECT_TRUE(constant("y = -(x - avg[H W](x)) + b[C H W]", map));
  EXPECT_FALSE(constant(moments + "w[C H W] * (x - m) / sqrt(v + eps)", map));
  EXPECT_FALSE(constant(moments + "(x - m) / sqrt(v + eps) + v", map));
  EXPECT_FALSE(constant(moments + "relu(x - m) / sqrt(v + eps)", map));
  EXPECT_FALSE(constant("y = x - avg[W](x)", map));
  EXPECT_FALSE(constant("y = x - avg[C H W](x)", map));
  EXPECT_TRUE(constant("y = x - avg[C H W](x)", {5, 0, 1, 1, 3, 2}));
  EXPECT_FALSE(constant("y = x - avg[K H W](x)", map));
  EXPECT_TRUE(constant("y = x - avg[K H W](x)", {5, 0, 4, 4, 3, 2}));
  EXPECT_FALSE(constant("m = avg[N H W](x); y = x - m", map));
  EXPECT_TRUE(constant("m = avg[N H W](x); y = x - m", {1, 0, 4, 2, 3, 2}));
}

TEST(Normalizing, GroupsOfOneChannelAreInstances) {
  const Method& group = *FindNormMethod("group").equation;
  EXPECT_TRUE(SameMethod(OfSingleChannels(group), *FindNormMethod("instance").equation));
  EXPECT_FALSE(SameMethod(group, *FindNormMethod("instance").equation));
}

// 199 statements that double: every look at it is a look at each node.
TEST(Normalizing, ATreeThatUnfoldsWithoutEndIsReadOnceANode) {
  std::string text = "s0 = x / sqrt(avg[H W](x^2))\n";
  for (int i = 1; i < 199; ++i) {
    const std::string before = "s" + std::to_string(i - 1);
    text += "s" + std::to_string(i) + " = " + before + " * " + before + "\n";
  }
  const Equation equation = ParseEquation(text + "y = s198");
  EXPECT_TRUE(NormalizingOf(equation).scale_invariant);
  EXPECT_TRUE(KeepsInput(equation, LoneReductions(equation, {1, 0, 1, 1, 1, 1}, 1)));
  EXPECT_EQ(SignsAlone(equation, LoneReductions(equation, {1, 0, 1, 1, 1, 1}, 1)).size(), 1u);
}

}  // namespace
}  // namespace normlab::equation
