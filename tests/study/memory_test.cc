#include "study/memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace normlab {
namespace {

// Three arms, one of them larger.
StudyPlan ThreeArms() {
  return ResolvePlan(ParseRecipe("dataset = \"fashion-mnist\"\nmodel = \"C4 P C4 GAP c10!\"\n"
                                 "batch_size = [64, 128, 256]\n",
                                 "three"),
                     {});
}

const std::vector<std::size_t> kAll = {0, 1, 2};

std::vector<MemoryLimit> Allowing(double bytes,
                                  MemoryLimit::Kind kind = MemoryLimit::Kind::kResident) {
  constexpr std::uint64_t kHeld = 1 << 20, kMachine = std::uint64_t{1} << 40;
  return {
      {"the machine", MemoryLimit::Kind::kResident, kMachine, kHeld},
      {"/sys/fs/cgroup/job/memory.max", kind, static_cast<std::uint64_t>(bytes) + kHeld, kHeld}};
}

TEST(Memory, AsManyTrainingsAsFitWhicheverTheyAre) {
  const StudyPlan plan = ThreeArms();
  const auto of = [&](std::size_t arm) {
    return TrainingMemory(plan.arms[arm].config, plan.execution);
  };
  EXPECT_LT(of(0), of(1));
  EXPECT_LT(of(1), of(2));
  EXPECT_EQ(TrainingsThatFit(plan, kAll, Allowing(of(2) - 1000)), 0);
  EXPECT_EQ(TrainingsThatFit(plan, kAll, Allowing(of(2) + 1000)), 1);
  EXPECT_EQ(TrainingsThatFit(plan, kAll, Allowing(of(2) + of(1) + 1000)), 2);
  EXPECT_EQ(TrainingsThatFit(plan, kAll, Allowing(of(0) + of(1) + of(2) + 1000)), 3);
  EXPECT_EQ(TrainingsThatFit(plan, {0}, Allowing(of(0) + 1000)), 1);
}

TEST(Memory, OfAddressesTheThreadsStacksCount) {
  const StudyPlan plan = ThreeArms();
  const double all = TrainingMemory(plan.arms[0].config, plan.execution) +
                     TrainingMemory(plan.arms[1].config, plan.execution) + 1000;
  EXPECT_EQ(TrainingsThatFit(plan, {0, 1}, Allowing(all)), 2);
  EXPECT_EQ(TrainingsThatFit(plan, {0, 1}, Allowing(all, MemoryLimit::Kind::kMapped)), 1);
}

TEST(Memory, WhatIsMeasuredBesideTheNetworkCounts) {
  StudyPlan plan = ThreeArms();
  const Config& config = plan.arms[0].config;
  const double with = TrainingMemory(config, plan.execution);
  plan.execution.layer_statistics = false;
  EXPECT_GT(with, TrainingMemory(config, plan.execution) + 3 * 4 * 64 * 4 * 20 * 20);
  plan.execution.engine = "reference";
  const double plain = TrainingMemory(config, plan.execution);
  plan.execution.engine = "reference64";
  EXPECT_GT(TrainingMemory(config, plan.execution), 1.5 * plain);
}

TEST(Memory, ARefusalNamesTheNeedTheLimitAndWhatWouldDo) {
  const auto limit = LimitExceeded({1e9, 0}, Allowing(3e8));
  ASSERT_TRUE(limit);
  EXPECT_EQ(limit->source, "/sys/fs/cgroup/job/memory.max");
  EXPECT_FALSE(LimitExceeded({2e8, 0}, Allowing(3e8)));
  try {
    CheckMemoryNeed({1e18, 0}, "one training", "choose a smaller batch_size");
    ADD_FAILURE();
  } catch (const RunError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("one training needs about 931322574.6 GiB"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr(": choose a smaller batch_size"));
  }
}

}  // namespace
}  // namespace normlab
