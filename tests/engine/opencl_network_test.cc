// The OpenCL engine against the plain twin, on the first device that there is (in CI: PoCL).
//
//   NORMLAB_RANDOM_DEVICE_NETWORKS=200 build/tests/engine_test --gtest_filter='OpenClNetworks.*'
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <thread>

#include "base/error.h"
#include "engine/opencl/opencl_network.h"
#include "engine/opencl/stack.h"
#include "norm/filters/filter_method.h"
#include "operations/activation.h"
#include "tests/engine/from_environment.h"
#include "tests/engine/needs_device.h"
#include "tests/engine/random_architecture.h"

namespace normlab {
namespace {

constexpr int kDeviceNetworks = 4;

Outcome<float> RunOnDevice(const Case& c, const std::shared_ptr<const Plan>& plan, int vector) {
  return RunSteps(c, *plan, *MakeOpenClNetwork(plan, c.batch, {.number = 0, .vector = vector}));
}

// `vector` 0: as the device has registers; 1: a work item an image, as on a GPU.
std::string DifferencesOnDevice(const Case& c, int vector = 0) {
  const auto plan = PlanOf(c);
  return CompareWithTwin(c, plan, RunOnDevice(c, plan, vector), kOnDevice).text();
}

TEST(OpenClNetworks, EveryOperationHasKernels) {
  for (const OperationKind* kind : OperationKinds()) {
    EXPECT_TRUE(kind->make_opencl != nullptr) << kind->name;
  }
  for (const NormMethod& method : NormMethods()) {
    if (!method.normalizes()) continue;
    EXPECT_TRUE(method.operation.make_opencl != nullptr) << method.name;
    EXPECT_TRUE(method.by_equation->make_opencl != nullptr) << method.name;
  }
  for (const FilterMethod& method : FilterMethods()) {
    EXPECT_EQ(method.operation.make_opencl != nullptr, method.acts()) << method.name;
  }
}

class OpenClVectors : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Vectors, OpenClVectors, testing::Values(0, 1));

TEST_P(OpenClVectors, FollowTheTwin) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.norm = "batch";
  c.options.dropout = 0.3;
  c.options.statistics_per_application = true;
  c.model = "C4 C4v P C4x2 GAP c4!";
  EXPECT_EQ(DifferencesOnDevice(c, GetParam()), "");
}

// Sums, both shortcuts, concatenations, strides, groups, kernels, biases, overlapping pools.
TEST(OpenClNetworks, FollowTheTwinInEveryOperation) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.norm = "none";
  for (const char* model :
       {"C4s2b (C4 C4:none)+ (C8s2 D:none)+A P3s2p1 (C4g2 C4)+B GAP c4!",
        "D C4k5v (c4 | C4k7 | P3s1p1)& A2s1p1 (C4s3 | c4s3)+! (C4)&*2 A2 GAP c4b!"}) {
    c.model = model;
    EXPECT_EQ(DifferencesOnDevice(c), "") << model;
  }
}

TEST(OpenClNetworks, FollowTheTwinInEveryActivation) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.norm = "instance";
  c.model.clear();
  for (const std::string& activation : ActivationChoices()) c.model += "c4:" + activation + " ";
  c.model += "GAP c4!";
  EXPECT_EQ(DifferencesOnDevice(c), "") << c.model;
}

class OpenClNorms : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Methods, OpenClNorms, testing::ValuesIn(NormNames()));

TEST_P(OpenClNorms, FollowTheTwin) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.norm = GetParam();
  c.options.groups = 2;
  c.options.ghost = GetParam() == "ghost-batch" ? 5 : 0;
  c.input = {4, 5, 7};
  c.model = "C4 GAP c4!";
  EXPECT_EQ(DifferencesOnDevice(c), "");
}

TEST(OpenClNetworks, FollowTheTwinOfRandomLines) {
  NORMLAB_NEEDS_DEVICE();
  const auto networks =
      static_cast<int>(FromEnvironment("NORMLAB_RANDOM_DEVICE_NETWORKS", kDeviceNetworks));
  const std::uint64_t seed = FromEnvironment("NORMLAB_RANDOM_SEED", 1);
  int built = 0;
  for (std::uint32_t number = 0; built < networks; ++number) {
    Case c = RandomArchitecture(seed, number).Draw();
    try {
      CheckBatchStatistics(ParseArchitecture(c.model, c.input, c.classes, c.options), c.batch);
    } catch (const UsageError&) {
      continue;
    }
    ++built;
    std::string differences;
    for (c.seed = 3; c.seed < 6; ++c.seed) {  // as DifferencesWithAnyWeights
      differences = DifferencesOnDevice(c);
      if (differences.empty()) break;
    }
    EXPECT_EQ(differences, "") << "number " << number << ": " << Describe(c);
  }
}

// The losses of a training by plain gradient descent, step by step.
template <typename T>
std::vector<double> Losses(const Plan& plan, std::uint64_t seed, int steps, Network<T>& network) {
  const int batch = network.max_batch();
  InitializeParameters<T>(plan, seed, network.parameters());
  InitializeBuffers<T>(plan, network.buffers());
  std::vector<std::uint8_t> labels;
  std::vector<std::uint32_t> ids;
  for (int i = 0; i < batch; ++i) {
    labels.push_back(static_cast<std::uint8_t>(i * 7 % network.classes()));
    ids.push_back(static_cast<std::uint32_t>(i));
  }
  std::vector<double> losses;
  for (int step = 0; step < steps; ++step) {
    const RandomPixels pixels(plan.ShapeOf(0), 0, static_cast<std::uint32_t>(step));
    losses.push_back(network.Train({batch, &pixels, labels.data(), ids.data()}, {1, 1}).loss_sum /
                     batch);
    for (std::size_t i = 0; i < network.parameters().size(); ++i) {
      network.parameters()[i] -= static_cast<T>(0.02) * network.gradients()[i];
    }
  }
  return losses;
}

double Farthest(const std::vector<double>& a, const std::vector<double>& b) {
  double farthest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) farthest = std::max(farthest, std::abs(a[i] - b[i]));
  return farthest;
}

// Whether the device stays as near to the twin in double as float32 does on the processor. One
// value at the kink of a ReLU moves all losses behind it, so not with every weights.
bool FollowsStepByStep(const std::shared_ptr<const Plan>& plan, const std::string& what,
                       std::uint64_t seed, int steps) {
  constexpr int kBatch = 6;
  const auto exact = Losses(*plan, seed, steps, *MakeReferenceNetwork<double>(plan, kBatch));
  const double plain =
      Farthest(Losses(*plan, seed, steps, *MakeReferenceNetwork<float>(plan, kBatch)), exact);
  const double fast =
      Farthest(Losses(*plan, seed, steps, *MakeFastNetwork(plan, kBatch, {})), exact);
  const double device =
      Farthest(Losses(*plan, seed, steps, *MakeOpenClNetwork(plan, kBatch, {})), exact);
  std::printf("%s, weights %d, %d steps: device %.1e, fast engine %.1e, float twin %.1e\n",
              what.c_str(), static_cast<int>(seed), steps, device, fast, plain);
  return device <= 4 * std::max(plain, fast) + 1e-6;
}

// NORMLAB_DEVICE_STEPS=50 trains as many.
TEST(OpenClNetworks, FollowTheTwinStepByStep) {
  NORMLAB_NEEDS_DEVICE();
  const auto steps = static_cast<int>(FromEnvironment("NORMLAB_DEVICE_STEPS", 2));
  for (const std::string model : {"mnist-8k", "cifar-37k"}) {
    const Shape input = model == "mnist-8k" ? Shape{1, 28, 28} : Shape{3, 32, 32};
    for (const std::string norm : {"batch", "layer", "group", "frn"}) {
      ModelOptions options;
      options.norm = norm;
      options.groups = 2;
      options.dropout = 0.05;
      options.statistics_per_application = true;
      const auto plan = ParseArchitecture(model, input, 10, options).plan;
      bool follows = false;
      for (std::uint64_t seed = 1; seed < 4 && !follows; ++seed) {
        follows = FollowsStepByStep(plan, model + ", " + norm, seed, steps);
      }
      EXPECT_TRUE(follows) << model << ", " << norm;
    }
  }
}

TEST(OpenClNetworks, GiveTheSameBitsAgain) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.norm = "batch";
  c.options.dropout = 0.3;
  c.model = "C4 C4v P C4x2 GAP c4!";
  const auto plan = PlanOf(c);
  const Outcome<float> one = RunOnDevice(c, plan, 0), two = RunOnDevice(c, plan, 0);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(one.train_loss),
            std::bit_cast<std::uint64_t>(two.train_loss));
  EXPECT_EQ(one.gradients, two.gradients);
  EXPECT_EQ(one.buffers, two.buffers);
  EXPECT_EQ(one.log_probabilities, two.log_probabilities);
}

// A smaller batch behind a larger one, whose images stand in the lanes that are not used.
TEST(OpenClNetworks, ForgetTheImagesOfTheBatchBefore) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.norm = "batch";
  c.model = "C4 C4v P C4x2 GAP c4!";
  const auto plan = PlanOf(c);
  const auto fresh = MakeOpenClNetwork(plan, 33, {}), used = MakeOpenClNetwork(plan, 33, {});
  c.batch = 33;
  RunSteps(c, *plan, *used);
  c.batch = 5;
  EXPECT_EQ(RunSteps(c, *plan, *used).gradients, RunSteps(c, *plan, *fresh).gradients);
}

TEST(OpenClStacks, HaveAPlaceForEachNetworkOfAPlan) {
  NORMLAB_NEEDS_DEVICE();
  Case c;
  c.options.norm = "batch";
  c.model = "C4 GAP c4!";
  const auto plan = PlanOf(c), same = PlanOf(c);
  c.options.norm_eps = 0.1;
  const auto other = PlanOf(c);
  c.options.weights = "standardized";
  const auto of_filters = PlanOf(c);
  c.options.weights = "y = w - avg[I Y X](w)";
  const auto of_others = PlanOf(c);
  int one = -1, two = -1, three = -1, four = -1;
  const auto first = opencl::JoinStack(plan, 4, 0, 0, 2, &one);
  EXPECT_EQ(opencl::JoinStack(same, 4, 0, 0, 2, &two), first);
  EXPECT_NE(one, two);
  EXPECT_NE(opencl::JoinStack(plan, 4, 0, 0, 2, &three), first) << "it is full";
  EXPECT_NE(opencl::JoinStack(other, 4, 0, 0, 2, &four), first) << "another network";
  const auto filters = opencl::JoinStack(of_filters, 4, 0, 0, 2, &four);
  EXPECT_NE(filters, first) << "a network with a method on its weights";
  EXPECT_NE(opencl::JoinStack(of_others, 4, 0, 0, 2, &four), filters) << "another method";
  first->Leave(one);
  EXPECT_EQ(opencl::JoinStack(plan, 4, 0, 0, 2, &four), first);
  EXPECT_EQ(four, one);
}

class OpenClStackedWeights : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Methods, OpenClStackedWeights, testing::Values("none", "weight-norm"));

// Other weights, images, sizes of batches and numbers of steps, each from a thread of its own.
TEST_P(OpenClStackedWeights, GiveTheSameBitsAsAlone) {
  NORMLAB_NEEDS_DEVICE();
  constexpr int kNetworks = 3;
  Case c;
  c.options.weights = GetParam();
  c.options.norm = "batch";
  c.options.dropout = 0.3;
  c.model = "C4 C4v P C4x2 GAP c4!";
  const auto plan = PlanOf(c);
  const auto run = [&](int number, int together) {
    Case mine = c;
    mine.seed = static_cast<std::uint64_t>(3 + number);
    mine.batch = 17 - 5 * number;
    mine.shift = static_cast<float>(number);
    const auto network = MakeOpenClNetwork(plan, 17, {.together = together});
    Outcome<float> last;
    for (int times = 0; times <= number; ++times) last = RunSteps(mine, *plan, *network);
    return last;
  };
  std::vector<Outcome<float>> together(kNetworks);
  std::vector<std::thread> threads;
  for (int i = 0; i < kNetworks; ++i) {
    threads.emplace_back([&, i] { together[static_cast<std::size_t>(i)] = run(i, kNetworks); });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kNetworks; ++i) {
    const Outcome<float> alone = run(i, 1);
    const Outcome<float>& one = together[static_cast<std::size_t>(i)];
    EXPECT_EQ(one.gradients, alone.gradients) << i;
    EXPECT_EQ(one.buffers, alone.buffers) << i;
    EXPECT_EQ(one.log_probabilities, alone.log_probabilities) << i;
  }
}

TEST(OpenClNetworks, ADeviceThatIsNotThereIsAMistakeOfUsage) {
  const auto plan = PlanOf(Case());
  try {
    MakeOpenClNetwork(plan, 4, {.number = 99});
    FAIL() << "made";
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("device opencl"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace normlab
