#include "report/sources/run_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/keys.h"

namespace normlab {
namespace {

using ::testing::_;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Pair;

RunRecord TwoArms(const std::string& recipe) {
  RunRecord run;
  run.recipe_text = recipe;
  run.arms.resize(2);
  run.arms[0].norm = "batch";
  run.arms[1].norm = "layer";
  run.arms[0].seed = 7;
  run.arms[1].seed = 8;
  return run;
}

TEST(ArmSettings, AreTheResolvedRecipesBelowTheRecords) {
  RunRecord run = TwoArms(
      "recipe = \"mine # not\"\nmodel = \"a # \\\"b\\\" \\\\\"   # origin\n"
      "augment = \"x\"\nthreads = 4  # flag\n"
      "[limits]\nl2 = 9\n"
      "[[run]]  # batch-seed7\nl2 = 0.001  # recipe\n\n[[run]]\nl2 = 0\nepochs=5");
  run.arms[1].settings = {{"epochs", "6"}, {"augment", "\"y\""}};
  const auto settings = ArmSettings(run);
  ASSERT_EQ(settings.size(), 2u);
  std::map<std::string, std::string> first = {
      {"model", "a # \"b\" \\"},   {"augment", "x"},  {"l2", "0.001"},
      {"bn_statistics", "shared"}, {"norm", "batch"}, {"seed", "7"}};
  first.insert(LaterKeys().begin(), LaterKeys().end());
  EXPECT_EQ(settings[0], first);
  EXPECT_THAT(settings[0], Contains(Pair("ghost", "0")));
  EXPECT_THAT(settings[0], Contains(Pair("optimizer", _)).Times(0));
  EXPECT_THAT(settings[1], Contains(Pair("epochs", "6")));
  EXPECT_THAT(settings[1], Contains(Pair("augment", "y")));
  EXPECT_THAT(settings[1], Contains(Pair("l2", "0")));
}

TEST(ArmSettings, NameTheArgumentsOfASchedule) {
  const auto settings = ArmSettings(
      TwoArms("schedule = { name = \"a, b\", factor = 0.5, last = \"x\" }  # recipe\n"));
  EXPECT_THAT(settings[0], Contains(Pair("schedule", "a, b")));
  EXPECT_THAT(settings[0], Contains(Pair("schedule.factor", "0.5")));
  EXPECT_THAT(settings[0], Contains(Pair("schedule.last", "x")));
  EXPECT_NO_THROW(ArmSettings(TwoArms("a = {\nb = }\nc = {}\nd = {,=,}\n")));
}

// What a run writes beside its trainings is not how they were trained.
TEST(ArmSettings, LeaveOutWhatNoResultDependsOn) {
  const auto settings =
      ArmSettings(TwoArms("lr = 1\nsimd = \"avx2\"\nthreads = 2\njobs = 3\nlog_steps = true\n"
                          "layer_statistics = false\ncompare_statistics = true\n"
                          "bn_statistics = \"per_application\"\n"));
  std::map<std::string, std::string> first = {
      {"lr", "1"}, {"bn_statistics", "per_application"}, {"norm", "batch"}, {"seed", "7"}};
  first.insert(LaterKeys().begin(), LaterKeys().end());
  EXPECT_EQ(settings[0], first);
}

// What shows them says the name; what makes the network again needs the text.
TEST(ArmSettings, HoldTheTextOfAUsersOwnNorm) {
  const std::string text = "# \"\"\"\ny = x * 2 # \"";
  RunRecord run = TwoArms("norm = \"y = x\"\n[[run]]\n[[run]]\nnorm = \"layer\"\n");
  EXPECT_THAT(ArmSettings(run)[0], Contains(Pair("norm", "y = x")));
  EXPECT_THAT(ArmSettings(run)[1], Contains(Pair("norm", "layer")));
  run.arms[0].settings = {{"norm", text}};
  EXPECT_THAT(ArmSettings(run)[0], Contains(Pair("norm", text)));
}

TEST(ArmSettings, LeaveOutArmsThatAreNotTheRuns) {
  const auto settings = ArmSettings(TwoArms("lr = 1\n[[run]]\nl2 = 5\n"));
  EXPECT_EQ(settings[0].count("l2"), 0u);
  EXPECT_THAT(settings[0], Contains(Pair("lr", "1")));
}

TEST(ArmSettings, AreEmptyWhereNothingIsKnown) {
  for (const char* text : {"", "\n\n", "no key", "recipe = \"x\"", "\xff\xfe", "[[[",
                           "model = \"unfinished", "model = \"", "model = \"\\\""}) {
    EXPECT_THAT(ArmSettings(TwoArms(text))[0], IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace normlab
