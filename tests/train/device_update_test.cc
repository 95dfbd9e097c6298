// Steps that a device carries out (engine/device_update.h) beside the same optimizer's on the
// processor, on the first device that there is (in CI: PoCL).
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "engine/opencl/opencl_network.h"
#include "model/initialize.h"
#include "tests/engine/needs_device.h"
#include "tests/train/small_data.h"
#include "train/batches.h"
#include "train/bounds.h"
#include "train/gradient_clipping.h"
#include "train/penalties.h"
#include "train/weight_update.h"

namespace normlab {
namespace {

constexpr int kSteps = 5, kBatch = 17;

struct Case {
  std::string name;
  std::function<void(TrainOptions&)> change;
};

Choice With(const char* name, std::map<std::string, double> numbers) {
  Choice choice(name);
  choice.numbers = std::move(numbers);
  return choice;
}

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"Sgd", [](TrainOptions&) {}},
      {"SgdMomentum", [](TrainOptions& o) { o.optimizer.momentum = 0.9; }},
      {"SgdNesterov",
       [](TrainOptions& o) {
         o.optimizer.momentum = 0.8;
         o.optimizer.nesterov = true;
         o.optimizer.weight_decay = 0.01;
       }},
      {"SgdDecoupled",
       [](TrainOptions& o) {
         o.optimizer.weight_decay = 0.1;
         o.optimizer.decay = "decoupled";
         o.decay_multiplier = With("none", {{"gain", 0}, {"shift", 3}});
       }},
      {"Adam",
       [](TrainOptions& o) {
         o.optimizer.kind = "adam";
         o.optimizer.weight_decay = 0.01;
         o.l1 = 0.003;
       }},
      {"AdamW",
       [](TrainOptions& o) {
         o.optimizer.kind = "adamw";
         o.optimizer.weight_decay = 0.1;
         o.lr_multiplier = With("none", {{"head", 0.25}, {"shift", 4}});
       }},
      {"RmsProp", [](TrainOptions& o) { o.optimizer.kind = "rmsprop"; }},
      {"RmsPropCentered",
       [](TrainOptions& o) {
         o.optimizer.kind = With("rmsprop", {{"centered", 1}, {"momentum", 0.7}});
       }},
      {"Clipped",
       [](TrainOptions& o) {
         o.clip_norm = 0.05;
         o.l1 = 0.01;
         o.l1_conv_only = true;
       }},
      {"ClippedByNothing", [](TrainOptions& o) { o.clip_norm = 1e5; }},
  };
  return cases;
}

TrainOptions OptionsOf(const Case& c) {
  TrainOptions options;
  options.optimizer.lr = 0.05;
  c.change(options);
  CheckTraining(options, 103);
  return options;
}

// batch-instance's gates have bounds, and begin at one of them.
Architecture TestArchitecture() {
  ModelOptions options;
  options.norm = "batch-instance";
  return ParseArchitecture("C3 C5 GAP c3!", kSmall, 3, options);
}

// A network on the device, and the batches that it is trained on.
class Trained {
 public:
  explicit Trained(const DeviceOptions& device, std::uint64_t seed = 1)
      : dataset_(SmallDataset()),
        table_(dataset_.statistics),
        images_(dataset_.train, dataset_.shape, table_, nullptr, seed),
        network_(MakeOpenClNetwork(TestArchitecture().plan, kBatch, device)) {
    InitializeParameters<float>(TestArchitecture(), seed, network_->parameters());
    InitializeBuffers<float>(TestArchitecture(), network_->buffers());
  }

  Network<float>& network() { return *network_; }

  // Batches of 17 and 16 in turns.
  void Pass(int step) {
    std::vector<std::uint32_t> order;
    for (int n = 0; n < kBatch - step % 2; ++n) {
      order.push_back(static_cast<std::uint32_t>((step * kBatch + n) % 103));
    }
    network_->Train(images_.Take(order.data(), static_cast<int>(order.size()), 1), {1, 1});
  }

  std::vector<float> Parameters() {
    return {network_->parameters().begin(), network_->parameters().end()};
  }

 private:
  Dataset dataset_;
  PixelTable table_;
  ImageBatch images_;
  std::unique_ptr<Network<float>> network_;
};

Rates RatesAt(int step) { return {0.05 / step, 0.9 - 0.1 * step}; }

// As WeightUpdate does it on the processor, in float64 on what the device had.
class StepByStep {
 public:
  StepByStep(const TrainOptions& options, const std::vector<ParameterInfo>& infos)
      : options_(options),
        infos_(infos),
        optimizer_(MakeOptimizer<double>(
            options.optimizer, ParameterGroups(infos, PenalizedParameters(infos, false),
                                               options.lr_multiplier, options.decay_multiplier))) {}

  std::vector<double> Step(Network<float>& network, Rates rates) {
    std::vector<double> p(network.parameters().begin(), network.parameters().end());
    std::vector<double> g(network.gradients().begin(), network.gradients().end());
    AddL1Gradient<double>(options_.l1, PenalizedParameters(infos_, options_.l1_conv_only), p, g);
    if (options_.clip_norm > 0) ClipGradientNorm<double>(options_.clip_norm, g);
    optimizer_->Step(p, g, rates.lr, rates.momentum);
    ApplyBounds<double>(infos_, p);
    return p;
  }

 private:
  const TrainOptions& options_;
  const std::vector<ParameterInfo>& infos_;
  std::unique_ptr<Optimizer<double>> optimizer_;
};

class OpenClUpdates : public testing::TestWithParam<std::tuple<Case, int>> {
 protected:
  const Case& test_case() const { return std::get<0>(GetParam()); }
  DeviceOptions device() const { return {.number = 0, .vector = std::get<1>(GetParam())}; }
};
INSTANTIATE_TEST_SUITE_P(Optimizers, OpenClUpdates,
                         testing::Combine(testing::ValuesIn(Cases()), testing::Values(0, 1)),
                         [](const auto& info) {
                           return std::get<0>(info.param).name +
                                  (std::get<1>(info.param) == 0 ? "" : "AsSingleImages");
                         });

TEST_P(OpenClUpdates, FollowTheOptimizer) {
  NORMLAB_NEEDS_DEVICE();
  const TrainOptions options = OptionsOf(test_case());
  Trained trained(device());
  WeightUpdate<float> update(trained.network(), options, kSteps);
  StepByStep expected(options, trained.network().parameter_infos());
  for (int step = 1; step <= kSteps; ++step) {
    trained.Pass(step);
    const std::vector<double> want = expected.Step(trained.network(), RatesAt(step));
    update.Step(RatesAt(step));
    const std::vector<float> found = trained.Parameters();
    for (std::size_t i = 0; i < want.size(); ++i) {
      // Adam divides by what a gradient near 0 leaves: its step is known to some parts of the rate.
      ASSERT_NEAR(found[i], want[i], 2e-6 * (std::abs(want[i]) + 0.5)) << step << " " << i;
    }
  }
}

// Weights that are looked at after every step, and an optimizer's state that goes to the processor
// and back, leave what weights that stay on the device have.
TEST_P(OpenClUpdates, HaveTheBitsOfWeightsThatAreLookedAt) {
  NORMLAB_NEEDS_DEVICE();
  const TrainOptions options = OptionsOf(test_case());
  Trained alone(device()), looked_at(device());
  const std::vector<float> begun = alone.Parameters();
  WeightUpdate<float> update(alone.network(), options, kSteps);
  WeightUpdate<float> other(looked_at.network(), options, kSteps);
  for (int step = 1; step <= kSteps; ++step) {
    alone.Pass(step);
    update.Step(RatesAt(step));
    looked_at.Pass(step);
    looked_at.network().gradients();
    other.Step(RatesAt(step));
    looked_at.Parameters();
    other.optimizer();
  }
  EXPECT_NE(alone.Parameters(), begun);
  EXPECT_EQ(alone.Parameters(), looked_at.Parameters());
  EXPECT_EQ(update.steps(), other.steps());
  const auto states = update.optimizer().state(), others = other.optimizer().state();
  for (std::size_t s = 0; s < states.size(); ++s) {
    EXPECT_TRUE(std::ranges::equal(states[s].values, others[s].values)) << states[s].name;
  }
}

// Three trainings with rules of two kinds, each on a thread of its own.
TEST(OpenClUpdates, OfAStackHaveTheBitsThatTheyHaveAlone) {
  NORMLAB_NEEDS_DEVICE();
  const auto run = [](const Case& c, const DeviceOptions& device, std::uint64_t seed) {
    const TrainOptions options = OptionsOf(c);
    Trained trained(device, seed);
    WeightUpdate<float> update(trained.network(), options, kSteps);
    for (int step = 1; step <= kSteps; ++step) {
      trained.Pass(step);
      update.Step(RatesAt(step));
    }
    return trained.Parameters();
  };
  const std::vector<std::size_t> which = {1, 4, 1};
  std::vector<std::vector<float>> together(which.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < which.size(); ++i) {
    threads.emplace_back([&, i] { together[i] = run(Cases()[which[i]], {0, 0, 3}, i + 1); });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < which.size(); ++i) {
    EXPECT_EQ(together[i], run(Cases()[which[i]], {0, 0, 1}, i + 1)) << i;
  }
}

// Muon's matrices are orthogonalized on the processor, and the weights go there.
TEST(OpenClUpdates, GoWithoutARuleWhereThereIsNone) {
  NORMLAB_NEEDS_DEVICE();
  TrainOptions options;
  options.optimizer.kind = "muon";
  options.optimizer.momentum = 0.9;
  Trained trained({});
  const std::vector<float> begun = trained.Parameters();
  WeightUpdate<float> update(trained.network(), options, kSteps);
  trained.Pass(1);
  update.Step(RatesAt(1));
  EXPECT_NE(trained.Parameters(), begun);
}

}  // namespace
}  // namespace normlab
