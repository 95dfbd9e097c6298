#include "config/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

constexpr char kTwoArms[] = R"(
lr = 0.5
batch_size = 64
[[run]]
norm = "batch"
l2 = 0.25
[[run]]
norm = "layer"
)";

StudyPlan PlanOf(const std::string& text, const std::vector<Setting>& settings = {},
                 const std::vector<std::string>& norms = {}, int seeds = 1) {
  return ResolvePlan(ParseRecipe(text, "test.toml"), {settings, norms, seeds});
}

Setting Set(const std::string& key, const std::string& value) { return {key, value, "flag --set"}; }

std::vector<std::string> Folders(const StudyPlan& plan) {
  std::vector<std::string> folders;
  for (const Arm& arm : plan.arms) folders.push_back(arm.folder);
  return folders;
}

TEST(StudyPlan, LaterLayersWinAndOriginsSayWhich) {
  const StudyPlan plan = PlanOf(kTwoArms, {{"batch_size", "32", "environment NORMLAB_BATCH_SIZE"},
                                           {"epochs", "3", "environment NORMLAB_EPOCHS"},
                                           {"epochs", "4", "flag --epochs"},
                                           Set("dropout", "0.5")});
  ASSERT_EQ(plan.arms.size(), 2u);
  const Arm& arm = plan.arms[0];
  EXPECT_EQ(arm.config.lr, 0.5);
  EXPECT_EQ(arm.origins.at("lr"), "recipe test.toml, line 2");
  EXPECT_EQ(arm.config.batch_size, 32);
  EXPECT_EQ(arm.origins.at("batch_size"), "environment NORMLAB_BATCH_SIZE");
  EXPECT_EQ(arm.config.epochs, 4);
  EXPECT_EQ(arm.origins.at("epochs"), "flag --epochs");
  EXPECT_EQ(arm.config.dropout, 0.5);
  EXPECT_EQ(arm.config.l2, 0.25);
  EXPECT_EQ(arm.origins.at("l2"), "recipe test.toml, line 6");
  EXPECT_EQ(plan.arms[1].config.l2, 0.0);
  EXPECT_EQ(plan.arms[1].origins.at("l2"), "default");
}

TEST(StudyPlan, ModelPresetGivesGroupsAndOrderUnlessSaid) {
  const StudyPlan preset = PlanOf("model = \"cifar-37k\"\ndataset = \"cifar10\"\n");
  EXPECT_EQ(preset.arms[0].config.groups, 2);
  EXPECT_EQ(preset.arms[0].config.order, "conv-relu-dropout-norm");
  EXPECT_EQ(preset.arms[0].origins.at("groups"), "model cifar-37k");
  const StudyPlan said = PlanOf("groups = 1\norder = \"conv-norm-relu-dropout\"\n");
  EXPECT_EQ(said.arms[0].config.groups, 1);
  EXPECT_EQ(said.arms[0].config.order, "conv-norm-relu-dropout");
  // The model that counts is the one that wins, wherever it is said.
  const StudyPlan flagged = PlanOf("dataset = \"cifar10\"\n", {Set("model", "cifar-37k")});
  EXPECT_EQ(flagged.arms[0].config.order, "conv-relu-dropout-norm");
}

TEST(StudyPlan, ArmsThatBecomeEqualMerge) {
  EXPECT_EQ(PlanOf(kTwoArms, {Set("l2", "0")}).arms.size(), 2u);
  const StudyPlan merged = PlanOf(kTwoArms, {Set("l2", "0"), Set("norm", "group")});
  EXPECT_EQ(Folders(merged), (std::vector<std::string>{"group-seed1"}));
}

TEST(StudyPlan, FoldersAndLabelsNameWhatVaries) {
  const StudyPlan plan = PlanOf(kTwoArms);
  EXPECT_EQ(Folders(plan), (std::vector<std::string>{"batch-l2_0.25-seed1", "layer-l2_0-seed1"}));
  EXPECT_EQ(plan.arms[0].label, "batch (l2 = 0.25)");
}

TEST(StudyPlan, NormsSelectsInItsOrderAndAddsFromTheBase) {
  const StudyPlan plan = PlanOf(kTwoArms, {}, {"group", "batch"});
  ASSERT_EQ(plan.arms.size(), 2u);
  EXPECT_EQ(plan.arms[0].config.norm, "group");
  EXPECT_EQ(plan.arms[0].config.l2, 0.0);
  EXPECT_EQ(plan.arms[0].config.lr, 0.5);
  EXPECT_EQ(plan.arms[1].config.norm, "batch");
  EXPECT_EQ(plan.arms[1].config.l2, 0.25);
  EXPECT_THROW(PlanOf(kTwoArms, {}, {"bach"}), UsageError);
}

TEST(StudyPlan, SeedsCountFromTheSeed) {
  const StudyPlan plan = PlanOf("seed = 7\n", {}, {}, 3);
  EXPECT_EQ(Folders(plan), (std::vector<std::string>{"batch-seed7", "batch-seed8", "batch-seed9"}));
  EXPECT_THROW(PlanOf("seed = 9007199254740992\n", {}, {}, 2), UsageError);
}

TEST(StudyPlan, ScheduleIsReplacedWholeOrKeyByKey) {
  const std::string recipe =
      "schedule = { name = \"plateau\", factor = 0.5, patience = 1, threshold = 0.03 }\n";
  const Choice plateau = PlanOf(recipe).arms[0].config.schedule;
  EXPECT_EQ(plateau.name, "plateau");
  EXPECT_EQ(plateau.numbers.size(), 3u);
  const Choice one = PlanOf(recipe, {Set("schedule.factor", "0.25")}).arms[0].config.schedule;
  EXPECT_EQ(one.name, "plateau");
  EXPECT_EQ(one.numbers.at("factor"), 0.25);
  EXPECT_EQ(one.numbers.at("patience"), 1);
  const Choice whole = PlanOf(recipe, {Set("schedule", "constant")}).arms[0].config.schedule;
  EXPECT_EQ(whole.name, "constant");
  EXPECT_TRUE(whole.numbers.empty());
}

TEST(StudyPlan, MilestonesAreTextInARecipeAndAfterSet) {
  const std::string recipe =
      "schedule = { name = \"multistep\", milestones = \"9 12\", gamma = 0.5 }\n";
  const StudyPlan plan = PlanOf(recipe);
  EXPECT_EQ(plan.arms[0].config.schedule.words.at("milestones"), "9 12");
  EXPECT_EQ(plan.arms[0].config.schedule.numbers.at("gamma"), 0.5);
  const StudyPlan again = PlanOf(ResolvedRecipe(plan));
  EXPECT_EQ(again.arms[0].config.schedule.words, plan.arms[0].config.schedule.words);
  EXPECT_EQ(again.arms[0].config.schedule.numbers, plan.arms[0].config.schedule.numbers);
  EXPECT_EQ(PlanHash(again), PlanHash(plan));
  const StudyPlan set = PlanOf(recipe, {Set("schedule.milestones", "3 4 5")});
  EXPECT_EQ(set.arms[0].config.schedule.words.at("milestones"), "3 4 5");
  EXPECT_EQ(set.arms[0].config.schedule.numbers.at("gamma"), 0.5);
  EXPECT_NE(PlanHash(set), PlanHash(plan));
  const StudyPlan flags =
      PlanOf("", {Set("schedule", "multistep"), Set("schedule.milestones", "9 12"),
                  Set("schedule.gamma", "0.5")});
  EXPECT_EQ(CanonicalText(flags.arms[0].config), CanonicalText(plan.arms[0].config));
  const Config parsed = ParseCanonicalText(CanonicalText(plan.arms[0].config));
  EXPECT_EQ(parsed.schedule.words.at("milestones"), "9 12");
  // One epoch needs no quotes.
  EXPECT_EQ(PlanOf("schedule = { name = \"multistep\", milestones = 9 }\n")
                .arms[0]
                .config.schedule.words.at("milestones"),
            "9");
}

TEST(StudyPlan, ResolvedRecipeRunsAgainAsItIs) {
  for (const ShippedRecipe& shipped : ShippedRecipes()) {
    const StudyPlan plan =
        ResolvePlan(LoadRecipe(std::string(shipped.name)), {{Set("epochs", "7")}, {}, 2});
    const std::string text = ResolvedRecipe(plan);
    const StudyPlan again = ResolvePlan(ParseRecipe(text, "elsewhere/recipe.toml"), {});
    EXPECT_EQ(again.recipe, shipped.name);
    EXPECT_EQ(Folders(again), Folders(plan));
    EXPECT_EQ(PlanHash(again), PlanHash(plan)) << text;
    EXPECT_THAT(text, HasSubstr("# flag --set"));
    EXPECT_THAT(text, HasSubstr("# recipe " + std::string(shipped.name) + ", line "));
  }
}

// Folders that earlier versions wrote are found again by their recipe.
TEST(StudyPlan, RunsOfBeforeKeepTheirHash) {
  for (const std::string run : {"cifar10", "fashion", "shared-batch-norm"}) {
    const std::string folder = NORMLAB_TEST_DIR "/../docs/results/" + run;
    const StudyPlan plan = ResolvePlan(LoadRecipe(folder + "/recipe.toml"), {});
    const auto study = nlohmann::json::parse(ReadFile(folder + "/study.json"));
    EXPECT_EQ(PlanHash(plan), study["configuration"]) << run;
    EXPECT_EQ(plan.arms.size(), study["arms"].size()) << run;
  }
}

TEST(StudyPlan, LimitsAreReadKeptAndNotPartOfWhatIsComputed) {
  const std::string limited =
      std::string(kTwoArms) + "[limits]\nparameters = 8000\nepochs = 20\naccuracy = 99.4\n";
  const StudyPlan plan = PlanOf(limited);
  EXPECT_EQ(plan.limits.parameters, 8000u);
  EXPECT_EQ(plan.limits.epochs, 20);
  EXPECT_EQ(plan.limits.accuracy, 99.4);
  EXPECT_EQ(PlanHash(plan), PlanHash(PlanOf(kTwoArms)));
  EXPECT_FALSE(PlanOf(kTwoArms).limits.epochs);
  const StudyPlan again = PlanOf(ResolvedRecipe(plan));
  EXPECT_EQ(again.limits.parameters, 8000u);
  EXPECT_EQ(again.limits.epochs, 20);
  EXPECT_EQ(again.limits.accuracy, 99.4);
}

TEST(StudyPlan, LimitsThatMakeNoSenseAreRefused) {
  for (const char* limits :
       {"limits = 3\n", "[limits]\nparameters = -1\n", "[limits]\naccuracy = 101\n",
        "[limits]\nepochs = \"20\"\n", "[limits]\nminutes = 5\n", "[limits]\naccuracy = nan\n"}) {
    EXPECT_THROW(ParseRecipe(limits, "mine"), UsageError) << limits;
  }
}

TEST(StudyPlan, HashIsOfWhatIsComputed) {
  const std::string hash = PlanHash(PlanOf(kTwoArms));
  EXPECT_EQ(hash.size(), 64u);
  EXPECT_EQ(PlanHash(PlanOf(kTwoArms, {Set("threads", "3")})), hash);
  EXPECT_EQ(PlanHash(PlanOf(kTwoArms, {Set("simd", "scalar")})), hash);
  EXPECT_EQ(PlanHash(PlanOf(std::string(kTwoArms) + "l2 = 0\n")), hash);  // says the default
  EXPECT_EQ(PlanHash(PlanOf(kTwoArms, {Set("lr", "5e-1")})), hash);
  EXPECT_EQ(PlanHash(PlanOf(kTwoArms, {Set("l1", "-0")})), hash);
  EXPECT_NE(PlanHash(PlanOf(kTwoArms, {Set("seed", "2")})), hash);
  EXPECT_NE(PlanHash(PlanOf(kTwoArms, {Set("engine", "reference")})), hash);
  EXPECT_NE(PlanHash(PlanOf(kTwoArms, {Set("log_steps", "true")})), hash);
  EXPECT_NE(PlanHash(PlanOf(kTwoArms, {Set("layer_statistics", "false")})), hash);
  EXPECT_NE(PlanHash(PlanOf(kTwoArms, {Set("compare_statistics", "true")})), hash);
  EXPECT_EQ(PlanHash(PlanOf(kTwoArms, {Set("compare_statistics", "false")})), hash);
  EXPECT_NE(PlanHash(PlanOf(kTwoArms, {Set("bn_statistics", "per_application")})), hash);
  EXPECT_EQ(PlanHash(PlanOf(kTwoArms, {Set("bn_statistics", "shared")})), hash);
  EXPECT_NE(PlanHash(PlanOf(kTwoArms, {Set("schedule", "step"), Set("schedule.step_size", "5")})),
            hash);
}

TEST(StudyPlan, EnvironmentNamesFlatKeys) {
  setenv("NORMLAB_EPOCHS", "9", 1);
  setenv("NORMLAB_EPOCHE", "9", 1);
  std::vector<std::string> unknown;
  const std::vector<Setting> settings = EnvironmentSettings(&unknown);
  unsetenv("NORMLAB_EPOCHS");
  unsetenv("NORMLAB_EPOCHE");
  bool found = false;
  for (const Setting& setting : settings) {
    found |= setting.key == "epochs" && setting.value == "9" &&
             setting.origin == "environment NORMLAB_EPOCHS";
  }
  EXPECT_TRUE(found);
  EXPECT_THAT(unknown, ::testing::Contains(HasSubstr("NORMLAB_EPOCHE names no key")));
  EXPECT_THAT(unknown, ::testing::Contains(HasSubstr("nearest is 'epochs'")));
}

// The rates that the second seed's batch normalization went through, in all arms.
TEST(ShippedRecipes, SharedBatchNormReplaysTheSeedsRatesAndComparesStatistics) {
  const StudyPlan plan = ResolvePlan(LoadRecipe("shared-batch-norm"), {});
  EXPECT_TRUE(plan.execution.compare_statistics);
  ASSERT_EQ(plan.arms.size(), 3u);
  for (const Arm& arm : plan.arms) {
    EXPECT_EQ(arm.config.norm, "batch");
    EXPECT_EQ(arm.config.bn_statistics, "shared");
    EXPECT_EQ(arm.config.model, "cifar-37k");
    EXPECT_EQ(arm.config.dataset, "cifar10");
    EXPECT_EQ(arm.config.schedule.name, "multistep");
    EXPECT_EQ(arm.config.schedule.words.at("milestones"), "9 12 14 16 18");
    EXPECT_EQ(arm.config.schedule.numbers.at("gamma"), 0.5);
    EXPECT_EQ(arm.config.lr, 0.01);
  }
  EXPECT_EQ(plan.arms[0].config.dropout, 0.05);
  EXPECT_EQ(plan.arms[0].config.order, "conv-relu-dropout-norm");
  EXPECT_EQ(plan.arms[1].config.dropout, 0);
  EXPECT_EQ(plan.arms[2].config.dropout, 0.05);
  EXPECT_EQ(plan.arms[2].config.order, "conv-relu-norm-dropout");
}

TEST(ShippedRecipes, SayWhatTheSeedsDid) {
  const StudyPlan mnist = ResolvePlan(LoadRecipe("mnist"), {});
  EXPECT_EQ(Folders(mnist), (std::vector<std::string>{"batch-l2_0.001-seed1", "layer-l2_0-seed1",
                                                      "group-l2_0-seed1"}));
  for (const Arm& arm : mnist.arms) {
    EXPECT_EQ(arm.config.model, "mnist-8k");
    EXPECT_EQ(arm.config.groups, 4);
    EXPECT_EQ(arm.config.lr, 0.015);
    EXPECT_EQ(arm.config.schedule.name, "onecycle");
    EXPECT_TRUE(arm.config.schedule.numbers.empty());
    EXPECT_EQ(arm.config.dropout, 0.05);
    EXPECT_EQ(arm.config.batch_size, 128);
    EXPECT_EQ(arm.config.epochs, 20);
    EXPECT_EQ(arm.config.validation, 0);
  }
  const StudyPlan cifar10 = ResolvePlan(LoadRecipe("cifar10"), {});
  ASSERT_EQ(cifar10.arms.size(), 3u);
  for (const Arm& arm : cifar10.arms) {
    EXPECT_EQ(arm.config.model, "cifar-37k");
    EXPECT_EQ(arm.config.lr, 0.01);
    EXPECT_EQ(arm.config.momentum, 0.9);
    EXPECT_EQ(arm.config.l2, 0.0);
    EXPECT_EQ(arm.config.batch_size, 64);
    EXPECT_EQ(
        arm.config.schedule.numbers,
        (std::map<std::string, double>{{"factor", 0.5}, {"patience", 1}, {"threshold", 0.03}}));
  }
  const StudyPlan fashion = ResolvePlan(LoadRecipe("fashion"), {});
  EXPECT_EQ(Folders(fashion),
            (std::vector<std::string>{"batch-seed1", "layer-seed1", "group-seed1"}));
  EXPECT_EQ(fashion.arms[0].config.validation, 5000);
}

}  // namespace
}  // namespace normlab
