// The OpenCL engine against the plain twin, on the first device that there is (in CI: PoCL).
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "engine/opencl/opencl_network.h"
#include "tests/engine/from_environment.h"
#include "tests/engine/random_architecture.h"

namespace normlab {
namespace {

Outcome<float> RunOnDevice(const Case& c, const std::shared_ptr<const Plan>& plan, int vector) {
  return RunSteps(c, *plan, *MakeOpenClNetwork(plan, c.batch, {.number = 0, .vector = vector}));
}

std::string DifferencesOnDevice(const Case& c, int vector, const Tolerance& more = {}) {
  const auto plan = PlanOf(c);
  return CompareWithTwin(c, plan, RunOnDevice(c, plan, vector), more).text();
}

// 0: as the device has registers; 1: a work item an image, as on a GPU.
class OpenClNetworks : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Vectors, OpenClNetworks, testing::Values(0, 1, 4));

TEST_P(OpenClNetworks, FollowTheTwinWithoutNormalization) {
  Case c;
  c.options.norm = "none";
  EXPECT_EQ(DifferencesOnDevice(c, GetParam()), "");
}

class OpenClNorms : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Methods, OpenClNorms, testing::ValuesIn(NormNames()));

TEST_P(OpenClNorms, FollowTheTwin) {
  Case c;
  c.options.norm = GetParam();
  c.options.groups = 2;
  c.input = {4, 5, 7};
  c.model = "C4 GAP c4!";
  EXPECT_EQ(DifferencesOnDevice(c, 0, {0x1p-20, 0x1p31, 1e-5}), "");
}

TEST_P(OpenClNetworks, FollowTheTwinOfRandomLines) {
  const auto networks = static_cast<int>(FromEnvironment("NORMLAB_RANDOM_NETWORKS", 20));
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
    for (c.seed = 3; c.seed < 6; ++c.seed) {
      differences = DifferencesOnDevice(c, GetParam(), {0x1p-20, 0x1p31, 1e-5});
      if (differences.empty()) break;
    }
    EXPECT_EQ(differences, "") << "number " << number << ": " << Describe(c);
  }
}

}  // namespace
}  // namespace normlab
