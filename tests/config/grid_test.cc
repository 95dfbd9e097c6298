#include "config/grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/error.h"
#include "config/plan.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> Labels(const std::string& text, const std::vector<Setting>& set = {},
                                const std::vector<std::string>& norms = {}) {
  std::vector<std::string> labels;
  for (const Arm& arm : ResolvePlan(ParseRecipe(text, "grid.toml"), {set, norms, 1}).arms) {
    labels.push_back(arm.label);
  }
  return labels;
}

std::string Refusal(const std::string& text) {
  try {
    ParseRecipe(text, "grid.toml");
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Grid, MultipliesListsTheFirstVaryingSlowest) {
  EXPECT_THAT(
      Labels("norm = [\"layer\", \"batch\"]\nl2 = [0, 0.5]\nepochs = 3\n"),
      ElementsAre("layer (l2 = 0)", "layer (l2 = 0.5)", "batch (l2 = 0)", "batch (l2 = 0.5)"));
  EXPECT_THAT(
      Labels("l2 = [0, 0.5]\nnorm = [\"layer\", \"batch\"]\n"),
      ElementsAre("layer (l2 = 0)", "batch (l2 = 0)", "layer (l2 = 0.5)", "batch (l2 = 0.5)"));
}

TEST(Grid, IsUnevenWhereArmsHaveListsOfTheirOwn) {
  EXPECT_THAT(Labels("l2 = [0, 0.25]\n[[run]]\nnorm = \"batch\"\nl1 = [0, 0.5]\n"
                     "[[run]]\nnorm = [\"layer\", \"group\"]\nl2 = 0.125\n"),
              ElementsAre("batch (l1 = 0, l2 = 0)", "batch (l1 = 0.5, l2 = 0)",
                          "batch (l1 = 0, l2 = 0.25)", "batch (l1 = 0.5, l2 = 0.25)",
                          "layer (l1 = 0, l2 = 0.125)", "group (l1 = 0, l2 = 0.125)"));
}

TEST(Grid, LeavesOutWhatARuleExcludes) {
  EXPECT_THAT(
      Labels("norm = [\"batch\", \"layer\"]\nl1 = [0, 0.25, 0.5]\n"
             "exclude = [{ norm = \"layer\", l1 = [0.25, 5e-1] }]\n"),
      ElementsAre("batch (l1 = 0)", "batch (l1 = 0.25)", "batch (l1 = 0.5)", "layer (l1 = 0)"));
  // A key that no list has takes part with its default, or the base's value.
  EXPECT_THAT(Refusal("norm = [\"batch\", \"layer\"]\nexclude = [{ dropout = 0 }]\n"),
              HasSubstr("leave nothing"));
}

TEST(Grid, FlagsOverrideListsAndEqualArmsMerge) {
  const std::string text = "norm = [\"batch\", \"layer\"]\nl2 = [0, 0.5]\n";
  EXPECT_THAT(Labels(text, {{"l2", "0.25", "flag --set"}}), ElementsAre("batch", "layer"));
  EXPECT_THAT(Labels(text, {}, {"layer"}), ElementsAre("layer (l2 = 0)", "layer (l2 = 0.5)"));
}

TEST(Grid, RefusesWithTheLine) {
  EXPECT_THAT(Refusal("epochs = 2\nl2 = []\n"), AllOf(HasSubstr("line 2"), HasSubstr("l2")));
  EXPECT_THAT(Refusal("l2 = [0,\n \"much\"]\n"), AllOf(HasSubstr("line 2"), HasSubstr("l2")));
  EXPECT_THAT(Refusal("l2 = [[0]]\n"), HasSubstr("expected one value"));
  EXPECT_THAT(Refusal("threads = [1, 2]\n"), AllOf(HasSubstr("line 1"), HasSubstr("threads")));
  EXPECT_THAT(Refusal("exclude = 3\n"), HasSubstr("exclude: expected rules"));
  EXPECT_THAT(Refusal("exclude = [{}]\n"), HasSubstr("every run"));
  EXPECT_THAT(Refusal("exclude = [{ nrom = 1 }]\n"), HasSubstr("norm"));
}

TEST(Grid, RefusesAFloodBeforeItIsMade) {
  std::string many = "seed = [";
  for (int i = 0; i < 200; ++i) many += fmt::format("{}, ", i);
  many += "]\nlr = [";
  for (int i = 1; i <= 200; ++i) many += fmt::format("{}, ", 0.001 * i);
  EXPECT_THAT(Refusal(many + "]\n"), HasSubstr("more than 10000 runs"));
}

}  // namespace
}  // namespace normlab
