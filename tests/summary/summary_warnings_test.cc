#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "summary/summary.h"
#include "summary/warnings.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// "norm: text" of every warning, a line each.
std::string WarningsFor(const std::string& model, const std::vector<std::string>& norms,
                        int batch = 64, int groups = 2, Shape input = {3, 32, 32}) {
  SummaryOptions options;
  options.model = model;
  options.input = input;
  options.classes = 10;
  options.norms = norms;
  options.batch = batch;
  options.options.groups = groups;
  std::string lines;
  for (const SummaryWarning& warning : Summarize(options).warnings) {
    lines += warning.norm + ": " + warning.text + "\n";
  }
  return lines;
}

constexpr const char* kQuiet = "C16 C16 P C16 C16 P C16 C16! GAP c10!";

TEST(Warnings, AreNotGivenOfWhatIsUsual) {
  for (const char* norm : {"none", "batch", "layer", "layer-channels", "group", "instance"}) {
    EXPECT_EQ(WarningsFor(kQuiet, {norm}), "") << norm;
  }
}

// Of 4 values that are centred, none is larger than sqrt(3) = 1.73 deviations; 3 0 0 0 gets there.
TEST(Warnings, AStatisticOverFourValues) {
  const Shape mnist{1, 28, 28};
  EXPECT_THAT(WarningsFor("mnist-8k", {"group"}, 64, 4, mnist),
              AllOf(HasSubstr("group: few values enter one statistic in c7 (4)"),
                    HasSubstr("more than 1.73"), HasSubstr("fewer groups")));
  EXPECT_EQ(WarningsFor("mnist-8k", {"group"}, 64, 1, mnist), "") << "16 values are enough";
  EXPECT_THAT(WarningsFor("mnist-8k", {"batch"}, 15, 4, mnist),
              AllOf(HasSubstr("batch: few values"), HasSubstr("c7 (15)"), HasSubstr("3.74"),
                    HasSubstr("larger batch")));
  EXPECT_EQ(WarningsFor("mnist-8k", {"batch"}, 16, 4, mnist), "");
  EXPECT_THAT(WarningsFor("C9 GAP c10!", {"layer-channels"}), HasSubstr("C1 (9)"));
  // Nothing is subtracted: 4 0 0 0 gets to sqrt(4).
  EXPECT_THAT(WarningsFor("C16 P P P P P c4 c10!", {"rms"}),
              AllOf(HasSubstr("c2 (4)"), HasSubstr("more than 2.00")));
}

TEST(Warnings, AnAverageOverWhatWasJustCentred) {
  EXPECT_THAT(WarningsFor("C16 C8 GAP c10!", {"instance"}),
              AllOf(HasSubstr("instance: GAP averages what C2 has just centred"),
                    HasSubstr("C8! before GAP")));
  EXPECT_THAT(WarningsFor("C16 C8 A32 c10!", {"instance"}), HasSubstr("A1 averages what C2"));
  EXPECT_THAT(WarningsFor("C16 C8/8 GAP c10!", {"group"}), HasSubstr("GAP averages what C2"));
  for (const char* norm : {"batch", "layer", "group", "layer-channels", "rms"}) {
    EXPECT_THAT(WarningsFor("C16 C16 GAP c10!", {norm}), Not(HasSubstr("just centred"))) << norm;
  }
  EXPECT_THAT(WarningsFor("C16 C8! GAP c10!", {"instance"}), Not(HasSubstr("just centred")));
  EXPECT_THAT(WarningsFor("C16 C8 A16 GAP c10!", {"instance"}), Not(HasSubstr("just centred")));
}

TEST(Warnings, GroupsOfOneChannel) {
  EXPECT_THAT(WarningsFor("C16/16 C16 P C16 P C16 GAP c10!", {"group"}),
              HasSubstr("group: groups of one channel in C1: there it is instance normalization"));
  EXPECT_THAT(WarningsFor(kQuiet, {"group"}, 64, 16), HasSubstr("in C1, C2, C3, C4, C5:"));
}

TEST(Warnings, ALastConvolutionThatIsNotBare) {
  EXPECT_THAT(WarningsFor("C16 P C16 P C16 C16 GAP c10", {"batch"}),
              HasSubstr("c5 makes the class scores and is not bare"));
  EXPECT_THAT(WarningsFor("C16 P C16 P C16 C10 GAP", {"none"}), HasSubstr("C10! leaves them"));
  EXPECT_EQ(WarningsFor("C16 P C16 P C16 C10! GAP", {"none"}), "");
}

// 10 before GAP is less than half of 32; 22 is not.
TEST(Warnings, AFieldFarSmallerOrLargerThanTheImage) {
  EXPECT_THAT(WarningsFor("C8 C8 P C8 GAP c10!", {"none"}),
              AllOf(HasSubstr("C3 has a receptive field of 10x10"), HasSubstr("small patches")));
  EXPECT_EQ(WarningsFor("C8 C8 P C8 C8 C8 C8 GAP c10!", {"none"}), "");
  // 1 + 2 * 15 = 31; after P 32, then 9 times 4: 68.
  EXPECT_THAT(WarningsFor("C8 C8x14 P C8x9 GAP c10!", {"none"}), HasSubstr("68x68"));
  EXPECT_THAT(WarningsFor("C8 C8x14 P C8x9 GAP c10!", {"none"}), HasSubstr("padding"));
  EXPECT_EQ(WarningsFor("C8 C8x14 P C8x8 GAP c10!", {"none"}), "") << "64 is not more than twice";
}

// 28 -> 14 -> 7 -> 3 -> 1: the last three pools leave 24 of 28 rows, without padding before them.
TEST(Warnings, PixelsThatNoScoreSees) {
  EXPECT_THAT(WarningsFor("c8 P P P A3 c10!", {"none"}, 64, 2, {1, 28, 28}),
              HasSubstr("ends 4 rows and 4 columns before the image does (28x28"));
  EXPECT_THAT(WarningsFor("C8 C8 C8 P P P A3 c10!", {"none"}, 64, 2, {1, 28, 24}),
              HasSubstr("ends 1 rows and 0 columns"));
}

TEST(Warnings, NormalizationsLargerThanTheConvolutions) {
  // 2 * 16 * 32 * 32 against 27 * 16 + 160.
  EXPECT_THAT(WarningsFor("C16 GAP c10!", {"layer-elementwise"}),
              HasSubstr("the normalizations have 32,768 parameters, the convolutions 592"));
  EXPECT_THAT(WarningsFor("C16 GAP c10!", {"layer"}), Not(HasSubstr("the normalizations have")));
}

TEST(Warnings, FewValuesOfAMethodOfAnyAxes) {
  // 9 columns in a row; 4 x 0.5 of a group: 16 channels in 4 groups.
  EXPECT_THAT(WarningsFor("C4 GAP c10!", {"y = x - avg[W](x)"}, 64, 2, {3, 20, 9}),
              HasSubstr("few values enter one statistic in C1 (9): avg[W] of statement y\n"));
  EXPECT_THAT(
      WarningsFor("C16 GAP c10!", {"m = avg[K](x); v = var[K](x); y = (x - m) / sqrt(v + eps)"}, 64,
                  4),
      HasSubstr(
          "C1 (4): among 4 none can be normalized to more than 1.73; fewer groups have more"));
  EXPECT_THAT(WarningsFor("C16 GAP c10!", {"m = max[N](x); y = x / (m + 9)"}, 7),
              HasSubstr("C1 (7): max[N] of statement m; a larger batch has more"));
  EXPECT_THAT(WarningsFor("C8 GAP c10!", {"grn"}), Not(HasSubstr("few values")))
      << "what it pools over channels are statistics";
}

TEST(Warnings, GhostBatchesWithoutAnyNumberOfImages) {
  const std::string own = "m = avg[M H W](x); y = x - m";
  EXPECT_THAT(WarningsFor("C16 GAP c10!", {own}),
              HasSubstr("its equation names ghost batches and ghost is 0"));
  EXPECT_THAT(WarningsFor("C16 GAP c10!", {"batch"}), Not(HasSubstr("ghost")));
}

TEST(Warnings, ASignAloneIsNamedWithLayerAndStatement) {
  EXPECT_THAT(WarningsFor("C16 A32 c12 c10!", {"frn"}),
              AllOf(HasSubstr("frn: c2: statement y divides x by its own magnitude, which leaves "
                              "its sign alone: avg[H W] of statement n pools one value (of a map "
                              "of 12x1x1)"),
                    Not(HasSubstr("frn: C1:"))));
  EXPECT_THAT(WarningsFor("C16 A32 c12! c10!", {"frn"}), Not(HasSubstr("sign alone")));
}

TEST(Warnings, AnOwnMethodThatCentresRightBeforeAnAverage) {
  EXPECT_THAT(WarningsFor("C16 C8 GAP c10!", {"y = w[C] * (x - avg[H W](x))"}),
              HasSubstr("GAP averages what C2 has just centred"));
  EXPECT_THAT(WarningsFor("C16 C8 GAP c10!", {"y = w[C] * (x - avg[H W](x)) + relu(x)"}),
              Not(HasSubstr("just centred")));
}

TEST(Warnings, ModelsThatDifferInTheirParameters) {
  // 12,112 weights: 27 * 16 + 5 * 9 * 256 + 160; 6 layers of 16 channels.
  EXPECT_EQ(WarningsFor(kQuiet, {"none", "batch", "rms", "layer"}),
            ": models that are compared differ in their parameters: 12,112 (none); 12,272 (batch, "
            "layer); 12,192 (rms)\n");
  EXPECT_EQ(WarningsFor(kQuiet, {"batch", "layer", "group"}), "");
}

}  // namespace
}  // namespace normlab
