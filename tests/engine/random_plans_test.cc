// Plans that no line can ask for, drawn at random: values with several readers, sums,
// normalizations of normalizations, activations and dropout anywhere; the fast engine against its
// plain twin.
//
//   NORMLAB_RANDOM_PLANS=5000 NORMLAB_RANDOM_SEED=7 build/tests/engine_test
//   --gtest_filter='RandomPlans.*'
#include <gtest/gtest.h>

#include "base/philox.h"
#include "tests/engine/draft.h"
#include "tests/engine/follow_twin.h"
#include "tests/engine/from_environment.h"
#include "tests/engine/plan_operations.h"
#include "tests/engine/standardized_filter.h"

namespace normlab {
namespace {

using plan_operations::Drift;
using plan_operations::Spread;
using plan_operations::Standardized;
using plan_operations::Sum;

constexpr int kPlans = 60, kChannels = 6;

class RandomPlan {
 public:
  RandomPlan(std::uint64_t seed, std::uint32_t number)
      : random_(seed, Purpose::kSamples, 1, number), draft_({2, 6, 5}) {}

  std::shared_ptr<const Plan> Draw() {
    Take(draft_.Convolution(draft_.images(), kChannels, "first"));
    const int operations = 2 + Below(9);
    for (int i = 0; i < operations; ++i) Take(Next("L" + std::to_string(i)));
    // What nobody has read yet is added up.
    int all = -1;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      if (read_[i]) continue;
      const std::string name = "end" + std::to_string(i);
      all = all < 0 ? values_[i] : draft_.Add(Sum(), {all, values_[i]}, name);
    }
    return draft_.Finish(all);
  }

 private:
  int Below(int count) {
    return static_cast<int>(random_.Below(static_cast<std::uint32_t>(count)));
  }

  void Take(int value) {
    values_.push_back(value);
    read_.push_back(false);
  }

  // Mostly the newest value, so that fusions have something to do.
  int Read() {
    const std::size_t last = values_.size() - 1;
    const std::size_t at =
        Below(3) > 0 ? last : static_cast<std::size_t>(Below(static_cast<int>(last) + 1));
    read_[at] = true;
    return values_[at];
  }

  int Next(const std::string& layer) {
    static const std::vector<std::string> norms = {
        "batch", "layer", "layer-elementwise", "layer-channels", "group", "instance", "rms"};
    switch (Below(11)) {
      case 0:
      case 1:
        return draft_.Convolution(Read(), Convolution(), layer,
                                  Below(4) == 0 ? &Standardized() : nullptr);
      case 2:
      case 3:
      case 4:
        return draft_.Norm(norms[static_cast<std::size_t>(Below(7))], Read(), layer);
      case 5:
      case 6:
        return draft_.Relu(Read(), layer);
      case 7:
        return draft_.Dropout(Read(), layer);
      case 8:
        return draft_.Add(Below(2) == 0 ? Spread() : Drift(), {Read()}, layer);
      default:
        return draft_.Add(Sum(), {Read(), Read()}, layer);
    }
  }

  // Such that the map's shape stays.
  ConvolutionOptions Convolution() {
    ConvolutionOptions options;
    options.channels = kChannels;
    options.kernel = 1 + 2 * (Below(2) == 0 ? Below(2) : Below(4));
    options.padding = options.kernel / 2;
    options.groups = Below(2) == 0 ? 1 : 1 + Below(3);
    options.bias = Below(2) == 0;
    return options;
  }

  RandomStream random_;
  Draft draft_;
  std::vector<int> values_;
  std::vector<bool> read_;
};

std::string TextOf(const Plan& plan) {
  std::string text;
  for (const PlanOperation& operation : plan.operations) {
    text += plan.values[static_cast<std::size_t>(operation.output)].name + " = " +
            operation.kind->name + "(";
    for (const int input : operation.inputs) {
      text += " " + plan.values[static_cast<std::size_t>(input)].name;
    }
    text += " )\n";
  }
  return text;
}

// As RandomNetworks has it: a value at a kink is chance, an error is not.
constexpr Tolerance kGranted = {0x1p-19, 0x1p31, 1e-5};

TEST(RandomPlans, FollowTheTwin) {
  const std::uint64_t seed = FromEnvironment("NORMLAB_RANDOM_SEED", 1);
  const auto plans = static_cast<std::uint32_t>(FromEnvironment("NORMLAB_RANDOM_PLANS", kPlans));
  const std::vector<Simd> instruction_sets = SupportedSimd();
  constexpr int kBatches[] = {1, 2, 15, 16, 17, 33};
  std::uint32_t redrawn = 0, several_readers = 0;
  for (std::uint32_t number = 0; number < plans; ++number) {
    const auto plan = RandomPlan(seed, number).Draw();
    for (const PlanValue& value : plan->values) several_readers += value.readers.size() > 1;
    Case c;
    c.batch = kBatches[number % std::size(kBatches)];
    c.simd = instruction_sets[number % instruction_sets.size()];
    c.threads = 1 + static_cast<int>(number % 3);
    std::string differences;
    for (c.seed = 3; c.seed < 7; ++c.seed) {
      differences = CompareEngines(c, plan, kGranted).text();
      if (differences.empty()) break;
      ++redrawn;
    }
    EXPECT_EQ(differences, "") << "seed " << seed << ", number " << number << ", " << Describe(c)
                               << "\n"
                               << TextOf(*plan);
  }
  std::printf("seed %llu: %u plans, %u values with several readers, weights redrawn %u times\n",
              static_cast<unsigned long long>(seed), plans, several_readers, redrawn);
  EXPECT_GT(several_readers, plans / 2);
  EXPECT_LE(redrawn, plans / 8);
}

}  // namespace
}  // namespace normlab
