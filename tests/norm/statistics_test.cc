#include "norm/equation/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "norm/equation/source_text.h"
#include "norm/norm.h"

namespace normlab::equation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> NamesOf(const std::string& text) {
  const Equation equation = ParseEquation(text);
  std::vector<std::string> names;
  for (const Statistic& statistic : StatisticsOf(equation)) {
    names.push_back(NodeText(equation, statistic.node) + (statistic.running ? " kept" : "") +
                    " in " + equation.statements[statistic.statement].name);
  }
  return names;
}

TEST(Statistics, AreReductionsOfWhatDependsOnTheMapEachExpressionOnce) {
  EXPECT_THAT(NamesOf("m = avg[N H W](x); y = x - m"), ElementsAre("m kept in m"));
  EXPECT_THAT(NamesOf("y = x - avg[H](x) / (avg[H](x) + max[W](x))"),
              ElementsAre("avg[H](x) in y", "max[W](x) in y"));
  EXPECT_THAT(NamesOf("g = avg[C](w[C]); m = sum[C](x * g); y = x * m"), ElementsAre("m in m"));
  EXPECT_THAT(NamesOf("y = x * avg[C](w[C])"), IsEmpty());
  EXPECT_THAT(NamesOf("m = avg[N](x); a = m; y = x - a - m.running"), ElementsAre("m kept in m"));
  EXPECT_THAT(NamesOf("s = 2 * avg[C](x); y = x - s"), ElementsAre("avg[C](x) in s"));
}

std::string WordsOf(const std::string& text) { return PooledWords(ParseEquation(text)); }

TEST(Statistics, AreSaidInWords) {
  const auto shipped = [](const char* name) {
    return PooledWords(FindNormMethod(name).equation->equation);
  };
  EXPECT_EQ(shipped("none"), "");
  EXPECT_EQ(shipped("batch"), "mean and variance over one channel of all images of the batch");
  EXPECT_EQ(shipped("rms"), "mean square over all channels of one image");
  EXPECT_EQ(WordsOf("y = x / avg[H](x * x)"),
            "mean square over one channel in one column of one "
            "image");
  EXPECT_EQ(WordsOf("m = avg[N H W](x); a = avg[N H W](abs(x - m)); y = (x - m) / a"),
            "mean and mean of abs(x - m) over one channel of all images of the batch");
  EXPECT_EQ(WordsOf("y = x - max[C](x) - min[C](x) - norm[C](x) - sum[C](x)"),
            "largest value, smallest value, root of the sum of squares and sum over all channels "
            "at one pixel of one image");
  EXPECT_EQ(WordsOf("m = avg[H W](x); k = var[C](m); y = x * m + k"),
            "mean over one channel of one image; variance of m over all channels of one image");
}

TEST(Statistics, OfTheShippedMethodsPoolWhatTheirRowsSaid) {
  const auto over = [](const char* name) {
    return PoolsOver(FindNormMethod(name).equation->equation);
  };
  EXPECT_EQ(over("none"), "nothing");
  EXPECT_EQ(over("batch"), "one channel of all images of the batch");
  EXPECT_EQ(over("layer"), "all channels of one image");
  EXPECT_EQ(over("layer-elementwise"), "all channels of one image");
  EXPECT_EQ(over("layer-channels"), "all channels at one pixel of one image");
  EXPECT_EQ(over("group"), "one group of channels of one image");
  EXPECT_EQ(over("instance"), "one channel of one image");
  EXPECT_EQ(over("rms"), "all channels of one image");
  EXPECT_EQ(over("switchable"),
            "one channel of one image; all channels of one image; one channel of all images of the "
            "batch");
  EXPECT_EQ(over("ghost-batch"), "one channel of one ghost batch");
}

TEST(Statistics, ThatPoolAlikeStandTogether) {
  const Equation equation = ParseEquation(
      "m = avg[H W](x)\nv = var[N H W](x)\ns = max[H W](x)\ng = avg[C](m)\n"
      "y = (x - m) / sqrt(v + s + g)");
  const std::vector<Pooling> poolings = PoolingsOf(equation);
  ASSERT_EQ(poolings.size(), 3u);
  EXPECT_EQ(poolings[0].statistics.size(), 2u);
  EXPECT_TRUE(poolings[0].of_values);
  EXPECT_TRUE(poolings[1].of_values);
  EXPECT_EQ(poolings[1].pooled.text(), "N H W");
  EXPECT_FALSE(poolings[2].of_values) << "it pools other statistics";
}

TEST(Statistics, LoneReductionsPoolOneValueOfTheSmallestGhostBatch) {
  const Equation equation = ParseEquation(
      "a = avg[M H W](x)\nb = avg[N H W](x)\nc = avg[K](x)\nd = avg[H](x)\ny = x - a - b - c - d");
  const auto lone = [&](const Extents& extents, int images) {
    const std::vector<bool> nodes = LoneReductions(equation, extents, images);
    std::string names;
    for (const Statement& statement : equation.statements) {
      if (nodes[statement.node]) names += statement.name;
    }
    return names;
  };
  EXPECT_EQ(lone({33, 16, 4, 4, 1, 1}, 33), "acd");
  EXPECT_EQ(lone({33, 16, 4, 4, 1, 1}, 0), "cd") << "of any number of images";
  EXPECT_EQ(lone({32, 16, 4, 2, 1, 1}, 32), "d");
  EXPECT_EQ(lone({1, 0, 4, 1, 1, 1}, 1), "abd");
  EXPECT_EQ(lone({1, 0, 4, 1, 2, 1}, 1), "");
  EXPECT_EQ(lone({1, 0, 4, 4, 1, 7}, 1), "cd");
}

TEST(Statistics, EvaluationReadsNothingBehindRunningValues) {
  const Equation equation =
      ParseEquation("i = avg[H W](x); m = avg[N](i); j = max[H W](x); y = x - m + 0 * j");
  const auto used = [&](std::size_t statement, bool training) -> bool {
    return NodesOfOutput(equation, training)[equation.statements[statement].node];
  };
  EXPECT_TRUE(used(0, true));
  EXPECT_FALSE(used(0, false));
  EXPECT_TRUE(used(1, false));
  EXPECT_TRUE(used(2, false));
}

TEST(Statistics, GhostBatchesAndGroupsAreNamedByAxesOrKeys) {
  const auto ghosts = [](const char* text) { return NamesGhostBatches(ParseEquation(text)); };
  EXPECT_TRUE(ghosts("m = avg[M H W](x); y = x - m"));
  EXPECT_TRUE(ghosts("y = x / ghost"));
  EXPECT_FALSE(ghosts("m = avg[B M H W](x); y = x - m"));
  const auto groups = [](const char* text) { return NamesGroups(ParseEquation(text)); };
  EXPECT_TRUE(groups("y = x * w[G]"));
  EXPECT_TRUE(groups("y = x - avg[K](x)"));
  EXPECT_TRUE(groups("y = x * groups"));
  EXPECT_FALSE(groups("y = x - avg[G K](x)"));
}

}  // namespace
}  // namespace normlab::equation
