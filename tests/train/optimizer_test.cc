#include "train/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "golden.h"
#include "plain_groups.h"
#include "train/schedule.h"

namespace normlab {
namespace {

constexpr std::size_t kSize = 7, kSteps = 20;

struct Case {
  const char* golden;
  OptimizerOptions options;
  const char* schedule = "constant";
};

class AgainstPyTorch : public testing::TestWithParam<Case> {};

// Feeds the golden's gradients, and calls `compare(step, computed, expected)` after every step.
template <typename T, typename Compare>
void Follow(const Case& test, const std::string& suffix, Compare compare) {
  const std::vector<double> expected = ReadGolden("optimizer_" + std::string(test.golden) + suffix);
  const std::vector<double> all_gradients = ReadGolden("optimizer_gradients");
  ASSERT_EQ(expected.size(), (kSteps + 1) * kSize);
  ASSERT_EQ(all_gradients.size(), kSteps * kSize);
  std::vector<T> parameters(expected.begin(), expected.begin() + kSize);
  const auto optimizer = MakeOptimizer<T>(test.options, PlainGroups({1, 1, 1, 1, 1, 0, 0}));
  ScheduleOptions named;
  named.name = test.schedule;
  const auto schedule = MakeSchedule(named, test.options.lr, InitialMomentum(test.options), kSteps);
  for (std::size_t step = 0; step < kSteps; ++step) {
    const auto first = all_gradients.begin() + static_cast<std::ptrdiff_t>(step * kSize);
    std::vector<T> gradients(first, first + kSize);
    const Rates rates = schedule->Current();
    optimizer->Step(parameters, gradients, rates.lr, rates.momentum);
    schedule->AfterStep();
    for (std::size_t i = 0; i < kSize; ++i) {
      compare(step, parameters[i], expected[(step + 1) * kSize + i]);
    }
  }
  EXPECT_EQ(optimizer->steps(), static_cast<std::int64_t>(kSteps));
}

TEST_P(AgainstPyTorch, Float64) {
  Follow<double>(GetParam(), "", [](std::size_t step, double computed, double expected) {
    EXPECT_NEAR(computed, expected, 1e-15 * std::abs(expected)) << "step " << step;
  });
}

TEST_P(AgainstPyTorch, Float32ToTheLastBit) {
  Follow<float>(GetParam(), "_float32", [](std::size_t step, float computed, double expected) {
    EXPECT_EQ(computed, static_cast<float>(expected)) << "step " << step;
  });
}

INSTANTIATE_TEST_SUITE_P(
    Recipes, AgainstPyTorch,
    testing::Values(Case{"sgd", {"sgd", 0.05, 0, false, 0}},
                    Case{"momentum", {"sgd", 0.05, 0.9, false, 0}},
                    Case{"nesterov", {"sgd", 0.05, 0.9, true, 0.01}},
                    Case{"decay", {"sgd", 0.05, 0.7, false, 0.01}},
                    Case{"adam", {"adam", 0.05, 0.3, false, 0}},
                    Case{"adam_decay", {"adam", 0.05, 0, false, 0.01}},
                    Case{"adam_cycle", {"adam", 0.05, 0, false, 0}, "onecycle"}),
    [](const auto& param) { return std::string(param.param.golden); });

TEST(Optimizer, GoesOnFromItsState) {
  for (const char* name : {"sgd", "adam"}) {
    const OptimizerOptions options{name, 0.05, 0.9, false, 0};
    const auto first = MakeOptimizer<double>(options, PlainGroups({1, 1}));
    std::vector<double> parameters{1, -2};
    const auto step = [](Optimizer<double>& optimizer, std::vector<double>& at, double slope) {
      std::vector<double> gradients{slope, -0.5 * slope};
      optimizer.Step(at, gradients, 0.05, 0.9);
    };
    for (int i = 1; i <= 3; ++i) step(*first, parameters, i);

    const auto second = MakeOptimizer<double>(options, PlainGroups({1, 1}));
    auto from = first->state(), to = second->state();
    ASSERT_EQ(from.size(), to.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      EXPECT_EQ(from[i].name, to[i].name);
      std::copy(from[i].values.begin(), from[i].values.end(), to[i].values.begin());
    }
    second->set_steps(first->steps());
    std::vector<double> resumed = parameters;
    step(*first, parameters, 7);
    step(*second, resumed, 7);
    EXPECT_EQ(parameters, resumed) << name;
  }
}

void ExpectUsageError(const OptimizerOptions& options, const std::string& words) {
  try {
    CheckOptimizer(options);
    FAIL() << "accepted; expected an error with: " << words;
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }
}

TEST(Optimizer, RefusesWhatMakesNoSense) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  ExpectUsageError({"adm", 0.1, 0, false, 0}, "nearest is 'adam'");
  ExpectUsageError({"sgd", 0, 0, false, 0}, "lr = 0");
  ExpectUsageError({"sgd", -1, 0, false, 0}, "lr = -1");
  ExpectUsageError({"sgd", nan, 0, false, 0}, "lr = nan");
  ExpectUsageError({"sgd", 1e300, 0, false, 0}, "lr = 1e+300");
  ExpectUsageError({"sgd", 0.1, 1, false, 0}, "momentum = 1");
  ExpectUsageError({"sgd", 0.1, nan, false, 0}, "momentum = nan");
  ExpectUsageError({"sgd", 0.1, 0, false, -1e-3}, "l2 = -0.001");
  ExpectUsageError({"sgd", 0.1, 0, true, 0}, "nesterov");
  ExpectUsageError({"adam", 0.1, 0.9, true, 0}, "nesterov");
  EXPECT_NO_THROW(CheckOptimizer({"sgd", 0.1, 0.9, true, 0.001}));
}

}  // namespace
}  // namespace normlab
