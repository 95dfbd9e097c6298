#include "config/tuning_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/error.h"

namespace normlab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kBase =
    "model = \"C8 P GAP c10!\"\nabout = \"x\"\nepochs = 9\nvalidation = 5000\nschedule = { name = "
    "\"onecycle\" }\n";
const std::string kTune =
    "[tune]\ntrials = 40\n[tune.keys]\nlr = { low = 0.01, high = 1, scale = \"log\" }\n"
    "l2 = [0, 0.001]\nschedule.pct_start = { low = 0.1, high = 0.4 }\n"
    "batch_size = { low = 60, high = 64 }\noptimizer = [\"sgd\", \"adam\"]\n";
const std::string kArms = "[[run]]\nnorm = \"batch\"\n[[run]]\nnorm = \"group\"\n";

TuningPlan TuningPlanOf(const std::string& text, const Overrides& overrides = {}) {
  return ResolveTuning(ParseRecipe(text, "tuned.toml"), overrides);
}

std::string Refusal(const std::string& text, const Overrides& overrides = {}) {
  try {
    TuningPlanOf(text, overrides);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Tuning, EveryArmHasTheSamePointsWithinTheirRanges) {
  const TuningPlan plan = TuningPlanOf(kBase + kTune + kArms);
  EXPECT_THAT(plan.rungs, ElementsAre(9));
  ASSERT_EQ(plan.list.size(), 80u);
  ASSERT_EQ(plan.tuning.keys.size(), 5u);
  std::set<std::string> rates, batches;
  int below = 0;
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(plan.list[i].values, plan.list[i + 40].values);
    EXPECT_EQ(plan.list[i].number, static_cast<int>(i) + 1);
    EXPECT_EQ(plan.list[i].arm, 0);
    EXPECT_EQ(plan.list[i + 40].arm, 1);
    const Config& config = plan.trials.arms[plan.list[i].place].config;
    EXPECT_EQ(config.norm, "batch");
    EXPECT_GE(config.lr, 0.01);
    EXPECT_LE(config.lr, 1);
    below += config.lr < 0.1;
    EXPECT_TRUE(config.l2 == 0 || config.l2 == 0.001);
    EXPECT_GE(config.schedule.numbers.at("pct_start"), 0.1);
    EXPECT_LE(config.schedule.numbers.at("pct_start"), 0.4);
    rates.insert(fmt::format("{}", config.lr));
    batches.insert(fmt::format("{}", config.batch_size));
  }
  EXPECT_EQ(rates.size(), 40u);
  EXPECT_THAT(batches, ElementsAre("60", "61", "62", "63", "64"));
  EXPECT_NEAR(below, 20, 12);  // uniform in the logarithm: half below the middle, 3.8 deviations
}

TEST(Tuning, ASeedHasDrawsOfItsOwnAndMoreTrialsBeginAlike) {
  const auto values = [](const TuningPlan& plan) { return plan.list.front().values; };
  EXPECT_NE(values(TuningPlanOf(kBase + "seed = 2\n" + kTune)),
            values(TuningPlanOf(kBase + kTune)));
  std::string more = kTune;
  more.replace(more.find("40"), 2, "50");
  EXPECT_EQ(values(TuningPlanOf(kBase + more)), values(TuningPlanOf(kBase + kTune)));
  EXPECT_NE(TuningHash(TuningPlanOf(kBase + more)), TuningHash(TuningPlanOf(kBase + kTune)));
}

TEST(Tuning, RungsOfHalving) {
  const auto rungs = [](const std::string& more) {
    return TuningPlanOf(kBase + "[tune]\ntrials = 4\nsearch = \"halving\"\n" + more +
                        "[tune.keys]\nlr = [0.1, 0.2]\n")
        .rungs;
  };
  EXPECT_THAT(rungs(""), ElementsAre(1, 3, 9));
  EXPECT_THAT(rungs("rungs = [2, 5]\n"), ElementsAre(2, 5, 9));
  EXPECT_THAT(rungs("rungs = [9]\n"), ElementsAre(9));
  EXPECT_THAT(rungs("keep = 0.5\n"), ElementsAre(3, 5, 9));
  Tuning tuning;
  EXPECT_EQ(KeptOf(tuning, 9), 3);
  EXPECT_EQ(KeptOf(tuning, 10), 4);
  EXPECT_EQ(KeptOf(tuning, 1), 1);
}

TEST(Tuning, ItsResolvedRecipeIsTheSameTuning) {
  const TuningPlan plan = TuningPlanOf(kBase + kTune + kArms);
  const TuningPlan again = TuningPlanOf(ResolvedTuning(plan));
  EXPECT_EQ(TuningHash(again), TuningHash(plan));
  EXPECT_EQ(again.list.back().values, plan.list.back().values);
}

TEST(Tuning, WhatWonIsARecipe) {
  const TuningPlan plan = TuningPlanOf(kBase + kTune + kArms);
  const std::string text = TunedRecipe(plan, {{"64", "0.001", "0.25", "adam", "0.3"}, {}}, "won");
  const StudyPlan tuned = ResolvePlan(ParseRecipe(text, "won.toml"), {});
  ASSERT_EQ(tuned.arms.size(), 1u);
  const Config& config = tuned.arms.front().config;
  EXPECT_EQ(config.norm, "batch");
  EXPECT_EQ(config.lr, 0.25);
  EXPECT_EQ(config.l2, 0.001);
  EXPECT_EQ(config.batch_size, 64);
  EXPECT_EQ(config.optimizer, Choice("adam"));
  EXPECT_EQ(config.schedule.numbers.at("pct_start"), 0.3);
  EXPECT_EQ(config.validation, 0);
}

TEST(Tuning, ARunLooksPastIt) {
  const StudyPlan plan = ResolvePlan(ParseRecipe(kBase + kTune + kArms, "tuned.toml"), {});
  EXPECT_EQ(plan.arms.size(), 2u);
  EXPECT_EQ(plan.arms.front().config.lr, Config().lr);
}

TEST(Tuning, NormsChooseItsArms) {
  Overrides overrides;
  overrides.norms = {"layer", "group"};
  const TuningPlan plan = TuningPlanOf(kBase + kTune + kArms, overrides);
  ASSERT_EQ(plan.arms.arms.size(), 2u);
  EXPECT_EQ(plan.trials.arms[plan.list.front().place].config.norm, "layer");
  EXPECT_EQ(plan.list.size(), 80u);
}

TEST(Tuning, RefusesWhatCannotBeCompared) {
  const auto keys = [](const std::string& line) {
    return Refusal(kBase + "[tune]\ntrials = 4\n[tune.keys]\n" + line + "\n");
  };
  EXPECT_THAT(Refusal(kBase), HasSubstr("expected [tune]"));
  EXPECT_THAT(Refusal("epochs = 2\n" + kTune), HasSubstr("held out"));
  EXPECT_THAT(Refusal(kBase + kTune + "[[run]]\nlr = 0.1\n"),
              testing::AllOf(HasSubstr("lr is drawn by [tune]"), HasSubstr("line 15")));
  Overrides overrides;
  overrides.settings = {ParseAssignment("lr=0.1", "flag --set")};
  EXPECT_THAT(Refusal(kBase + kTune, overrides), HasSubstr("flag --set: lr: lr is drawn"));
  overrides = {};
  overrides.seeds = 3;
  EXPECT_THAT(Refusal(kBase + kTune, overrides), HasSubstr("a trial has one seed"));
  for (const char* key : {"norm", "seed", "epochs", "validation", "dataset"}) {
    EXPECT_THAT(keys(std::string(key) + " = [1]"), HasSubstr("is the same for all trials")) << key;
  }
  EXPECT_THAT(keys("jobs = [1]"), HasSubstr("is the same for all trials"));
  EXPECT_THAT(keys("lrr = [1]"), HasSubstr("line 9: unknown key 'lrr'"));
  EXPECT_THAT(keys("lr = 0.1"), HasSubstr("a list of values, or { low"));
  EXPECT_THAT(keys("lr = []"), HasSubstr("at least one value"));
  EXPECT_THAT(keys("lr = [-1]"), HasSubstr("lr = -1: expected a number above 0"));
  EXPECT_THAT(keys("lr = { low = 1, high = 0.1 }"), HasSubstr("expected low below high"));
  EXPECT_THAT(keys("l2 = { low = 0, high = 0.1, scale = \"log\" }"), HasSubstr("above 0 on a log"));
  EXPECT_THAT(keys("lr = { low = 0.1 }"), HasSubstr("tune.keys.lr.high: expected a number"));
  EXPECT_THAT(keys("lr = { low = 0.1, high = 1, step = 2 }"), HasSubstr("unknown entry tune.keys"));
  EXPECT_THAT(keys("lr = { low = 0.1, high = 1, scale = \"lin\" }"), HasSubstr("\"linear\" or"));
  EXPECT_THAT(keys("schedule = { pct_strt = [0.1] }"), HasSubstr("nearest is 'pct_start'"));
  EXPECT_THAT(Refusal(kBase + "[tune]\n[tune.keys]\nlr = [1]\n"), HasSubstr("tune.trials"));
  EXPECT_THAT(Refusal(kBase + "[tune]\ntrials = 0\n[tune.keys]\nlr = [1]\n"),
              HasSubstr("from 1 to 10000, found 0"));
  EXPECT_THAT(Refusal(kBase + "[tune]\ntrials = 2\nrungs = [1]\n[tune.keys]\nlr = [1]\n"),
              HasSubstr("halving"));
  EXPECT_THAT(Refusal(kBase + "[tune]\ntrials = 2\nsearch = \"halving\"\nrungs = [12]\n"
                              "[tune.keys]\nlr = [1]\n"),
              HasSubstr("12 lies behind the 9 epochs"));
  EXPECT_THAT(Refusal(kBase + "tune = 3\n"), HasSubstr("written as [tune]"));
  EXPECT_THAT(Refusal(kBase + "[tune]\ntrials = 2\ntrails = 3\n"),
              HasSubstr("nearest is 'trials'"));
  EXPECT_THAT(Refusal(kBase + "[tune]\ntrials = 2\n"), HasSubstr("expected a table of keys"));
}

}  // namespace
}  // namespace normlab
