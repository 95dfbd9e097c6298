// The OpenCL engine against the plain twin, on the first device that there is (in CI: PoCL).
//
//   NORMLAB_RANDOM_DEVICE_NETWORKS=200 build/tests/engine_test --gtest_filter='OpenClNetworks.*'
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "base/error.h"
#include "engine/opencl/opencl_network.h"
#include "operations/activation.h"
#include "tests/engine/from_environment.h"
#include "tests/engine/needs_device.h"
#include "tests/engine/random_architecture.h"

namespace normlab {
namespace {

constexpr int kDeviceNetworks = 4;

// What networks of a normalization over few values or of running ones are granted
// (tests/engine/random_networks_test.cc).
constexpr Tolerance kOnDevice = {0x1p-20, 0x1p31, 1e-5};

Outcome<float> RunOnDevice(const Case& c, const std::shared_ptr<const Plan>& plan, int vector) {
  return RunSteps(c, *plan, *MakeOpenClNetwork(plan, c.batch, {.number = 0, .vector = vector}));
}

// `vector` 0: as the device has registers; 1: a work item an image, as on a GPU.
std::string DifferencesOnDevice(const Case& c, int vector = 0) {
  const auto plan = PlanOf(c);
  return CompareWithTwin(c, plan, RunOnDevice(c, plan, vector), kOnDevice).text();
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
