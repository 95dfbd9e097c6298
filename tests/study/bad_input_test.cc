// Every mistake that can be seen without data is refused in one line that names the thing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "config/check.h"
#include "config/plan.h"
#include "engine/fast/memory.h"
#include "model/architecture.h"
#include "study/job_split.h"
#include "study/memory.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Refusal(const std::string& recipe, const std::vector<std::string>& assignments = {},
                    ExitCode code = ExitCode::kUsage) {
  try {
    Overrides overrides;
    for (const std::string& text : assignments) {
      overrides.settings.push_back(ParseAssignment(text, "flag --set"));
    }
    const StudyPlan plan = ResolvePlan(ParseRecipe(recipe, "bad.toml"), overrides);
    CheckPlanFits(plan);
    PlanHash(plan);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    return error.what();
  }
  return "accepted";
}

// Every dot of a key is a level of the parser's stack.
TEST(BadInput, AKeyOfAMillionDotsIsALineAndNoCrash) {
  std::string key = "a";
  for (int i = 0; i < 1000000; ++i) key += ".a";
  EXPECT_THAT(Refusal("epochs = 2\n" + key + " = 1\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("2000005 bytes")));
  EXPECT_THAT(Refusal(key.substr(0, 16001) + " = 1\n"), HasSubstr("unknown key 'a'"));
}

// 2048 channels of 30 x 30 (with border) in batches of 16384 are 225 GiB a map.
TEST(BadInput, MoreMemoryThanTheMachineHasIsSaidBeforehand) {
  EXPECT_THAT(Refusal("", {"model=C2048 C2048 GAP c10!", "batch_size=16384"}),
              AllOf(HasSubstr("batches of 16384"), HasSubstr("GiB"), HasSubstr("batch_size")));
}

// Batches in which one such network takes between half and all of this machine's memory.
TEST(BadInput, MoreNetworksAtOnceThanTheMachineHoldsAreRefusedBeforehand) {
  const std::string model = "C2048 C2048 GAP c10!";
  const auto machine = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) *
                       static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  Config config;
  config.model = model;
  config.norm = "layer";
  config.batch_size = 16;
  const Architecture architecture = MakeArchitecture(config);
  const std::size_t block = MemoryBytes(architecture, 32) - MemoryBytes(architecture, 16);
  const std::size_t blocks = machine / 2 / block + 1;
  ASSERT_LT(blocks * block, machine);
  const std::string recipe = fmt::format(
      "model = \"{}\"\nnorm = \"layer\"\nbatch_size = {}\n[[run]]\nseed = 1\n"
      "[[run]]\nseed = 2\n",
      model, 16 * blocks);
  EXPECT_THAT(Refusal(recipe, {"jobs=2"}), AllOf(HasSubstr("jobs = 2: 2 networks"),
                                                 HasSubstr("GiB"), HasSubstr("choose at most 1")));
  EXPECT_THAT(Refusal(recipe, {"jobs=1024"}), HasSubstr("jobs = 1024: 2 networks"));
  EXPECT_EQ(Refusal(recipe, {"jobs=1"}), "accepted");
  EXPECT_EQ(Refusal(recipe), "accepted");
  const StudyPlan plan = ResolvePlan(ParseRecipe(recipe, "large.toml"), {});
  EXPECT_EQ(ChooseJobSplit(plan, {0, 1}).jobs, 1) << "what does not fit is not chosen";
}

TEST(BadInput, NumbersOutOfRangeNameKeyValueAndRange) {
  struct Case {
    const char* key;
    const char* value;
  };
  for (const Case& c : std::vector<Case>{{"epochs", "0"},
                                         {"epochs", "-1"},
                                         {"epochs", "100001"},
                                         {"epochs", "1.5"},
                                         {"epochs", "nan"},
                                         {"epochs", ""},
                                         {"epochs", "20x"},
                                         {"epochs", "99999999999999999999"},
                                         {"batch_size", "0"},
                                         {"batch_size", "-8"},
                                         {"batch_size", "16385"},
                                         {"lr", "0"},
                                         {"lr", "-0.1"},
                                         {"lr", "nan"},
                                         {"lr", "inf"},
                                         {"lr", "1e300"},
                                         {"lr", "fast"},
                                         {"momentum", "1"},
                                         {"momentum", "-0.5"},
                                         {"dropout", "1"},
                                         {"dropout", "-0.1"},
                                         {"dropout", "nan"},
                                         {"l1", "-1"},
                                         {"l2", "-1e-9"},
                                         {"l2", "inf"},
                                         {"norm_eps", "0"},
                                         {"norm_momentum", "2"},
                                         {"groups", "0"},
                                         {"max_steps", "-1"},
                                         {"validation", "-1"},
                                         {"seed", "-1"},
                                         {"threads", "-1"},
                                         {"jobs", "0"},
                                         {"jobs", "1025"},
                                         {"jobs", "many"},
                                         {"shuffle", "perhaps"},
                                         {"nesterov", "2"}}) {
    const std::string line = Refusal("", {std::string(c.key) + "=" + c.value});
    EXPECT_THAT(line,
                AllOf(HasSubstr("flag --set"),
                      HasSubstr(std::string(c.key) + " = " + (*c.value ? c.value : "(nothing)")),
                      HasSubstr("expected")))
        << c.key << "=" << c.value;
  }
}

TEST(BadInput, UnknownNamesNameTheNearest) {
  EXPECT_THAT(Refusal("", {"epocs=3"}), AllOf(HasSubstr("epocs"), HasSubstr("'epochs'")));
  EXPECT_THAT(Refusal("epocs = 3\n"), AllOf(HasSubstr("bad.toml, line 1"), HasSubstr("'epochs'")));
  EXPECT_THAT(Refusal("", {"norm=bach"}), AllOf(HasSubstr("bach"), HasSubstr("batch")));
  EXPECT_THAT(Refusal("", {"dataset=mnits"}), AllOf(HasSubstr("mnits"), HasSubstr("mnist")));
  EXPECT_THAT(Refusal("", {"optimizer=sdg"}), AllOf(HasSubstr("sdg"), HasSubstr("sgd")));
  EXPECT_THAT(Refusal("", {"schedule=onecylce"}), HasSubstr("onecycle"));
  EXPECT_THAT(Refusal("", {"schedule=onecycle", "schedule.pct_strat=0.2"}), HasSubstr("pct_start"));
  EXPECT_THAT(Refusal("", {"engine=slow"}), HasSubstr("reference64"));
  EXPECT_THAT(Refusal("", {"simd=avx1024"}), HasSubstr("avx512"));
  EXPECT_THAT(Refusal("", {"l1_on=bias"}), HasSubstr("conv"));
  EXPECT_THAT(Refusal("", {"augment=flop(0.5)"}), HasSubstr("flop"));
  EXPECT_THAT(Refusal("", {"order=conv-relu-relu-norm"}), HasSubstr("conv-relu-relu-norm"));
}

TEST(BadInput, MilestonesAreAscendingEpochs) {
  EXPECT_THAT(
      Refusal("", {"schedule=multistep"}),
      HasSubstr("schedule multistep needs schedule.milestones: expected epochs as whole numbers"));
  for (const char* milestones : {"", "9 9", "12 9", "0", "a", "1.5", "9,12", "1000000001"}) {
    EXPECT_THAT(
        Refusal("", {"schedule=multistep", std::string("schedule.milestones=") + milestones}),
        AllOf(HasSubstr("schedule.milestones = '" + std::string(milestones) + "'"),
              HasSubstr("each after the one before")))
        << milestones;
  }
  EXPECT_THAT(Refusal("", {"schedule=multistep", "schedule.milestones=9", "schedule.gamma=0"}),
              HasSubstr("schedule.gamma = 0"));
  EXPECT_THAT(Refusal("", {"schedule.milestones=9"}), HasSubstr("takes no arguments"));
  EXPECT_THAT(Refusal("", {"schedule=multistpe", "schedule.milestones=9"}), HasSubstr("multistep"));
  EXPECT_THAT(Refusal("\nschedule = { name = \"multistep\", milestones = [9, 12.5] }\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("schedule.milestones")));
  EXPECT_EQ(Refusal("schedule = { name = \"multistep\", milestones = [9, 12] }\n"), "accepted");
  EXPECT_THAT(Refusal("schedule = { name = \"multistep\", milestones = true }\n"),
              HasSubstr("schedule.milestones = 'true'"));
  EXPECT_THAT(Refusal("schedule = { name = \"multistep\", milestones = 9.5 }\n"),
              HasSubstr("schedule.milestones = '9.5'"));
  EXPECT_EQ(Refusal("schedule = { name = \"multistep\", milestones = \"9 12\" }\n"), "accepted");
}

TEST(BadInput, KindsOfStatisticsAreNamed) {
  EXPECT_THAT(Refusal("", {"bn_statistics=per-application"}),
              AllOf(HasSubstr("bn_statistics = per-application"),
                    HasSubstr("one of shared, per_application")));
  EXPECT_THAT(Refusal("", {"compare_statistics=perhaps"}), HasSubstr("true or false"));
  EXPECT_THAT(Refusal("[[run]]\ncompare_statistics = true\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("the whole run")));
}

TEST(BadInput, RecipesAreReadStrictly) {
  EXPECT_THAT(Refusal("epochs = \n"), HasSubstr("bad.toml, line 1"));
  EXPECT_THAT(Refusal("\nepochs = \"20\"\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("a whole number from 1 to 100000")));
  EXPECT_THAT(Refusal("epochs = 20.0\n"), HasSubstr("a whole number"));
  EXPECT_THAT(Refusal("jobs = 1.5\n"), HasSubstr("auto, or a whole number from 1 to 1024"));
  EXPECT_THAT(Refusal("jobs = true\n"), HasSubstr("jobs = true"));
  EXPECT_EQ(Refusal("jobs = \"auto\"\nthreads = 0\n"), "accepted");
  EXPECT_EQ(Refusal("jobs = 3\nthreads = \"auto\"\n"), "accepted");
  EXPECT_THAT(Refusal("lr = nan\n"), HasSubstr("lr = nan"));
  EXPECT_THAT(Refusal("lr = true\n"), HasSubstr("a number above 0"));
  EXPECT_THAT(Refusal("norm = 3\n"), HasSubstr("batch"));
  EXPECT_THAT(Refusal("lr = [[0.1], [0.2]]\n"), HasSubstr("expected one value"));
  EXPECT_THAT(Refusal("run = 3\n"), HasSubstr("[[run]]"));
  EXPECT_THAT(Refusal("recipe = \"../up\"\n"), HasSubstr("../up"));
  EXPECT_THAT(Refusal("[[run]]\nengine = \"fast\"\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("the whole run")));
  EXPECT_THAT(Refusal("[[run]]\ndataset = \"mnist\"\n[[run]]\ndataset = \"fashion-mnist\"\n"),
              HasSubstr("share a data set"));
}

TEST(BadInput, WhatCannotBeTrainedIsRefusedBeforeData) {
  EXPECT_THAT(Refusal("", {"norm=group", "groups=3"}),
              AllOf(HasSubstr("C1"), HasSubstr("3"), HasSubstr("16")));
  EXPECT_THAT(Refusal("", {"validation=60000"}), HasSubstr("60000 training images"));
  EXPECT_THAT(Refusal("", {"validation=59990", "batch_size=64"}), HasSubstr("batch_size = 64"));
  // The last layer's map is 1x1 and the last batch one image: one value per channel.
  EXPECT_THAT(Refusal("", {"validation=95"}),
              AllOf(HasSubstr("c"), HasSubstr("batch"), Not(HasSubstr("accepted"))));
  EXPECT_EQ(Refusal("", {"validation=95", "norm=layer"}), "accepted");
  EXPECT_THAT(Refusal("", {"nesterov=true", "momentum=0"}), HasSubstr("nesterov"));
  EXPECT_THAT(Refusal("", {"init=/nonexistent/start.safetensors"}, ExitCode::kData),
              HasSubstr("/nonexistent/start.safetensors"));
  EXPECT_THAT(Refusal("", {"model=C8 Q"}), HasSubstr("Q"));
}

TEST(BadInput, UnknownRecipesNameTheNearest) {
  try {
    LoadRecipe("fashon");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("fashon"), HasSubstr("'fashion'")));
  }
  try {
    LoadRecipe("/nonexistent/mine.toml");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("/nonexistent/mine.toml"));
  }
}

TEST(BadInput, AssignmentsNeedAKeyAndAnEqualsSign) {
  EXPECT_THROW(ParseAssignment("epochs", "flag --set"), UsageError);
  EXPECT_THROW(ParseAssignment("=3", "flag --set"), UsageError);
}

}  // namespace
}  // namespace normlab
