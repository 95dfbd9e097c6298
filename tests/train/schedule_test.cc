#include "train/schedule.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "golden.h"

namespace normlab {
namespace {

ScheduleOptions Options(std::string name, std::map<std::string, double> numbers = {},
                        std::map<std::string, std::string> words = {}) {
  return {std::move(name), std::move(numbers), std::move(words)};
}

void ExpectOneCycle(const std::string& golden, const ScheduleOptions& options, double lr,
                    double momentum) {
  const std::vector<double> expected = ReadGolden(golden);
  const std::size_t steps = expected.size() / 2;
  ASSERT_GT(steps, 0u);
  const auto schedule = MakeSchedule(options, lr, momentum, static_cast<std::int64_t>(steps));
  for (std::size_t step = 0; step < steps; ++step) {
    const Rates rates = schedule->Current();
    ASSERT_DOUBLE_EQ(rates.lr, expected[2 * step]) << golden << " step " << step;
    ASSERT_DOUBLE_EQ(rates.momentum, expected[2 * step + 1]) << golden << " step " << step;
    schedule->AfterStep();
  }
}

TEST(OneCycle, FollowsPyTorchAtEveryStepOfTheFirstSeed) {
  ASSERT_EQ(ReadGolden("onecycle_seed").size(), 2u * 9380);
  ExpectOneCycle("onecycle_seed", Options("onecycle"), 0.015, 0.7);
}

TEST(OneCycle, FollowsPyTorchInItsVariants) {
  // max_lr given: lr is not read.
  ExpectOneCycle("onecycle_three_phase", Options("onecycle", {{"max_lr", 0.1}, {"three_phase", 1}}),
                 0.7, 0.7);
  ExpectOneCycle("onecycle_linear",
                 Options("onecycle",
                         {{"pct_start", 0.45},
                          {"div_factor", 10},
                          {"final_div_factor", 100},
                          {"base_momentum", 0.8},
                          {"max_momentum", 0.9}},
                         {{"anneal_strategy", "linear"}}),
                 0.1, 0.7);
  ExpectOneCycle("onecycle_no_momentum",
                 Options("onecycle", {{"cycle_momentum", 0}, {"pct_start", 0}}), 0.1, 0.7);
  ExpectOneCycle("onecycle_adam", Options("onecycle"), 0.1, 0.9);
}

TEST(OneCycle, APhaseWithoutLengthStandsAtItsEnd) {
  const auto schedule = MakeSchedule(Options("onecycle", {{"pct_start", 0.5}}), 0.1, 0.9, 2);
  EXPECT_DOUBLE_EQ(schedule->Current().lr, 0.1);
  schedule->AfterStep();
  EXPECT_DOUBLE_EQ(schedule->Current().lr, 0.1 / 25 / 1e4);
  EXPECT_DOUBLE_EQ(MakeSchedule(Options("onecycle"), 0.1, 0.9, 1)->Current().lr, 0.1 / 25 / 1e4);
}

TEST(Step, FollowsPyTorch) {
  const auto schedule =
      MakeSchedule(Options("step", {{"step_size", 3}, {"gamma", 0.3}}), 0.1, 0.7, 100);
  for (const double expected : ReadGolden("step")) {
    schedule->AfterStep();
    EXPECT_EQ(schedule->Current().lr, expected);
    EXPECT_EQ(schedule->Current().momentum, 0.7);
    schedule->AfterEpoch(1);
  }
}

TEST(MultiStep, FollowsPyTorch) {
  struct Case {
    std::string golden, milestones;
    double lr;
    std::map<std::string, double> numbers;
  };
  for (const Case& c :
       std::vector<Case>{{"multistep_seed", "9 12 14 16 18", 0.01, {{"gamma", 0.5}}},
                         {"multistep_default", " 1\t2 3  7 19 ", 0.1, {}},
                         {"multistep_rising", "4 5 25", 0.1, {{"gamma", 1.7}}},
                         {"multistep_late", "1000", 0.1, {{"gamma", 0.3}}}}) {
    const std::vector<double> golden = ReadGolden(c.golden);
    ASSERT_EQ(golden.size(), 20u);
    const auto schedule =
        MakeSchedule(Options("multistep", c.numbers, {{"milestones", c.milestones}}), c.lr, 0.7, 1);
    for (std::size_t epoch = 0; epoch < golden.size(); ++epoch) {
      schedule->AfterStep();
      EXPECT_EQ(schedule->Current().lr, golden[epoch]) << c.golden << " epoch " << epoch + 1;
      EXPECT_EQ(schedule->Current().momentum, 0.7);
      schedule->AfterEpoch(1);
    }
  }
}

// Whose trainings parity_test.cc follows.
TEST(MultiStep, IsStepWhereItsMilestonesAreMultiples) {
  const auto step = MakeSchedule(Options("step", {{"step_size", 3}, {"gamma", 0.3}}), 0.1, 0.7, 1);
  const auto multistep = MakeSchedule(
      Options("multistep", {{"gamma", 0.3}}, {{"milestones", "3 6 9 12 15 18"}}), 0.1, 0.7, 1);
  for (int epoch = 0; epoch < 20; ++epoch) {
    EXPECT_EQ(multistep->Current().lr, step->Current().lr) << epoch;
    step->AfterEpoch(1);
    multistep->AfterEpoch(1);
  }
}

// The replayed rates are those that Plateau took from the second seed's printed test losses.
TEST(MultiStep, ReplaysTheSecondSeedsBatchNormalization) {
  const auto schedule = MakeSchedule(
      Options("multistep", {{"gamma", 0.5}}, {{"milestones", "9 12 14 16 18"}}), 0.01, 0.9, 1);
  double rate = 0.01;
  for (const int epochs : {9, 3, 2, 2, 2, 2}) {
    for (int i = 0; i < epochs; ++i) {
      EXPECT_DOUBLE_EQ(schedule->Current().lr, rate);
      schedule->AfterEpoch(1);
    }
    rate /= 2;
  }
}

TEST(Plateau, FollowsPyTorchThroughCooldownFloorAndEps) {
  const std::map<std::string, std::map<std::string, double>> cases{
      {"default", {}},
      {"cooldown", {{"factor", 0.5}, {"patience", 1}, {"threshold", 0.03}, {"cooldown", 3}}},
      {"floor", {{"factor", 0.2}, {"patience", 0}, {"threshold", 0}, {"min_lr", 3e-3}}},
      {"eps", {{"factor", 0.5}, {"patience", 0}, {"threshold", 0.1}, {"eps", 1e-3}}},
  };
  for (const auto& [name, numbers] : cases) {
    const std::vector<double> golden = ReadGolden("plateau_" + name);
    const std::size_t epochs = golden.size() / 2;
    ASSERT_EQ(epochs, 80u);
    const auto schedule = MakeSchedule(Options("plateau", numbers), 0.1, 0.7, 100);
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
      ASSERT_EQ(schedule->Current().lr, golden[epochs + epoch]) << name << " epoch " << epoch;
      schedule->AfterEpoch(golden[epoch]);
    }
  }
}

// The second seed's printed test losses, and the rates that its training followed.
TEST(Plateau, ReproducesTheSecondSeedFromItsPrintedTestLosses) {
  struct Seed {
    const char* norm;
    std::vector<double> losses;
    std::vector<int> epochs_at_rate;  // at 0.01, 0.005, 0.0025, ...
  };
  const std::vector<Seed> seeds{
      {"batch",
       {1.2349, 1.0627, 1.0191, 0.9389, 0.9120, 0.8524, 0.8173, 0.8545, 0.8380, 0.7597,
        0.7946, 0.8663, 0.8283, 0.8242, 0.7689, 0.7924, 0.7821, 0.7874, 0.8052, 0.7738},
       {9, 3, 2, 2, 2, 2}},
      {"group",
       {1.4137, 1.2109, 1.0541, 1.0726, 0.9191, 0.8742, 0.8544, 0.8582, 0.7615, 0.7436,
        0.7415, 0.7100, 0.7109, 0.7017, 0.6861, 0.6857, 0.6852, 0.6866, 0.6752, 0.6782},
       {8, 3, 3, 3, 2, 1}},
      {"layer",
       {1.6171, 1.2163, 1.0585, 1.1184, 0.9722, 0.8778, 0.8735, 0.9184, 0.7815, 0.7593,
        0.7919, 0.7381, 0.7198, 0.7238, 0.7142, 0.7035, 0.7041, 0.7054, 0.6943, 0.6970},
       {8, 3, 3, 3, 2, 1}},
  };
  for (const Seed& seed : seeds) {
    ASSERT_EQ(seed.losses.size(), 20u);
    const auto schedule = MakeSchedule(
        Options("plateau", {{"factor", 0.5}, {"patience", 1}, {"threshold", 0.03}}), 0.01, 0.9, 1);
    std::size_t epoch = 0;
    double rate = 0.01;
    for (const int epochs : seed.epochs_at_rate) {
      for (int i = 0; i < epochs; ++i) {
        EXPECT_DOUBLE_EQ(schedule->Current().lr, rate) << seed.norm << " epoch " << epoch + 1;
        schedule->AfterEpoch(seed.losses.at(epoch++));
      }
      rate /= 2;
    }
    EXPECT_EQ(epoch, 20u);
  }
}

TEST(Schedule, GoesOnFromItsState) {
  const std::vector<ScheduleOptions> all{Options("constant"), Options("step", {{"step_size", 2}}),
                                         Options("multistep", {}, {{"milestones", "1 4 5 9"}}),
                                         Options("onecycle"),
                                         Options("plateau", {{"patience", 0}, {"cooldown", 1}})};
  const std::vector<double> losses{3, 2, 2, 2.5, 1, 1, 1, 1, 1, 1};
  for (const ScheduleOptions& options : all) {
    for (std::size_t cut = 0; cut < losses.size(); ++cut) {
      auto whole = MakeSchedule(options, 0.1, 0.9, 10),
           resumed = MakeSchedule(options, 0.1, 0.9, 10);
      for (std::size_t i = 0; i < losses.size(); ++i) {
        if (i == cut) resumed->set_state(whole->state());
        if (i >= cut) {
          EXPECT_EQ(whole->Current().lr, resumed->Current().lr) << options.name << " " << cut;
          EXPECT_EQ(whole->Current().momentum, resumed->Current().momentum);
          resumed->AfterStep();
          resumed->AfterEpoch(losses[i]);
        }
        whole->AfterStep();
        whole->AfterEpoch(losses[i]);
      }
    }
  }
}

void ExpectUsageError(const ScheduleOptions& options, const std::string& words) {
  try {
    CheckSchedule(options);
    FAIL() << "accepted; expected an error with: " << words;
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }
}

TEST(Schedule, RefusesWhatMakesNoSense) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  ExpectUsageError(Options("onecycl"), "nearest is 'onecycle'");
  ExpectUsageError(Options("step"), "needs schedule.step_size");
  ExpectUsageError(Options("step", {{"step_size", 0}}), "schedule.step_size = 0");
  ExpectUsageError(Options("step", {{"step_size", 1.5}}), "whole number");
  ExpectUsageError(Options("step", {{"step_size", 1e300}}), "whole number");
  ExpectUsageError(Options("step", {{"step_size", 1}, {"gamma", nan}}), "schedule.gamma = nan");
  ExpectUsageError(Options("onecycle", {{"pct_strat", 0.2}}), "nearest is 'pct_start'");
  ExpectUsageError(Options("onecycle", {{"pct_start", 1.01}}), "from 0 to 1");
  ExpectUsageError(Options("onecycle", {{"max_lr", infinity}}), "schedule.max_lr = inf");
  ExpectUsageError(Options("onecycle", {{"max_lr", 0}}), "schedule.max_lr = 0");
  ExpectUsageError(Options("onecycle", {{"three_phase", 2}}), "true or false");
  ExpectUsageError(Options("onecycle", {{"max_momentum", 1}}), "below 1");
  ExpectUsageError(Options("onecycle", {{"anneal_strategy", 1}}), "cos or linear");
  ExpectUsageError(Options("onecycle", {}, {{"anneal_strategy", "cosine"}}), "cos or linear");
  ExpectUsageError(Options("onecycle", {}, {{"pct_start", "much"}}), "found 'much'");
  ExpectUsageError(Options("plateau", {{"factor", 1}}), "schedule.factor = 1");
  ExpectUsageError(Options("plateau", {{"patience", -1}}), "schedule.patience = -1");
  ExpectUsageError(Options("constant", {{"lr", 1}}), "takes no arguments");
  EXPECT_NO_THROW(CheckSchedule(Options("onecycle", {}, {{"anneal_strategy", "linear"}})));
}

std::string Refusal(const ScheduleOptions& options) {
  try {
    CheckSchedule(options);
  } catch (const UsageError& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    return error.what();
  }
  return "accepted";
}

TEST(MultiStep, RefusesWhatIsNoListOfAscendingEpochs) {
  const auto refusal = [](const std::string& milestones) {
    return Refusal(Options("multistep", {}, {{"milestones", milestones}}));
  };
  const std::string epochs =
      "expected epochs as whole numbers from 1 to 1e9, each after the one before";
  for (const std::string milestones :
       {"", " ", "9 9", "12 9", "0", "-1", "+1", "a", "9 a", "1.5", "1e3", "9,12", "[9, 12]", "0x9",
        "1000000001", "99999999999999999999", "9 99999999999999999999"}) {
    EXPECT_EQ(refusal(milestones).find("schedule.milestones = '" + milestones + "': " + epochs), 0u)
        << refusal(milestones);
  }
  EXPECT_EQ(refusal("9\n\x1b[31m x").find("schedule.milestones = '9??[31m x'"), 0u);
  EXPECT_LT(refusal(std::string(100000, '9')).size(), 300u);
  EXPECT_EQ(refusal("1 1000000000"), "accepted");
  EXPECT_EQ(refusal("9"), "accepted");
}

TEST(MultiStep, RefusesArgumentsThatAreMissingOrNotItsOwn) {
  ExpectUsageError(Options("multistep"),
                   "schedule multistep needs schedule.milestones: expected epochs");
  ExpectUsageError(Options("multistep", {{"milestones", 9}}),
                   "schedule.milestones: expected epochs");
  const std::map<std::string, std::string> milestones{{"milestones", "9 12"}};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  ExpectUsageError(Options("multistep", {{"gamma", 0}}, milestones), "schedule.gamma = 0");
  ExpectUsageError(Options("multistep", {{"gamma", -0.5}}, milestones), "schedule.gamma = -0.5");
  ExpectUsageError(Options("multistep", {{"gamma", nan}}, milestones), "schedule.gamma = nan");
  ExpectUsageError(Options("multistep", {{"gamma", infinity}}, milestones), "schedule.gamma = inf");
  ExpectUsageError(Options("multistep", {{"step_size", 3}}, milestones), "takes gamma, milestones");
  ExpectUsageError(Options("multistep", {}, {{"milestone", "9"}}), "nearest is 'milestones'");
  ExpectUsageError(Options("multistep", {}, {{"milestones", "9"}, {"gamma", "half"}}),
                   "found 'half'");
  ExpectUsageError(Options("step", {{"step_size", 3}}, milestones),
                   "schedule.milestones is unknown: schedule step takes step_size, gamma");
  ExpectUsageError(Options("constant", {}, milestones), "takes no arguments");
}

}  // namespace
}  // namespace normlab
