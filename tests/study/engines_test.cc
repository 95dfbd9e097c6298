// Every engine of the registry through a study: one arm trained, and what is planned and told of
// it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/check.h"
#include "engine/registry.h"
#include "noise_dataset.h"
#include "study/arm_trainer.h"
#include "study/estimate.h"
#include "study/memory.h"
#include "tests/train/temporary_folder.h"
#include "train/safetensors.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

StudyPlan OneArm(const Engine& engine) {
  StudyPlan plan =
      ResolvePlan(ParseRecipe("model = \"C2 P P GAP c10!\"\nepochs = 1\nbatch_size = 48\n"
                              "engine = \"" +
                                  std::string(engine.name) + "\"\n",
                              "engines.toml"),
                  {});
  plan.execution.threads = 2;
  return plan;
}

TEST(EveryEngine, TrainsAnArmAndSavesItsScalars) {
  const TemporaryFolder folder;
  const Dataset dataset = NoiseDataset(80, 30);
  for (const Engine& engine : Engines()) {
    const StudyPlan plan = OneArm(engine);
    const std::string run = folder / std::string(engine.name);
    TrainObserver nobody;
    const std::atomic<bool> stop = false;
    ArmEntry entry;
    TrainArm(plan.arms[0], plan.execution, run, dataset, nobody, stop, entry);
    EXPECT_EQ(entry.state, "finished") << engine.name;
    const TensorFile saved = ReadTensors(run + "/" + plan.arms[0].folder + "/last.safetensors");
    EXPECT_EQ(saved.tensors.front().dtype == DType::kF64, engine.scalar() == Scalar::kDouble)
        << engine.name;
  }
}

TEST(EveryEngine, RecordsSayWhatItUsed) {
  for (const Engine& engine : Engines()) {
    const ExecutionOptions execution = OneArm(engine).execution;
    const std::string simd = engine.simd ? std::string(SimdName(BestSimd())) : "none";
    EpochClock clock(execution, nullptr);
    clock.StartEpoch();
    const ClockRecord record = clock.Record(1);
    EXPECT_EQ(record.epoch, 1);
    EXPECT_EQ(record.threads, engine.threads ? 2 : 1) << engine.name;
    EXPECT_EQ(record.trainings, 1);
    EXPECT_EQ(record.simd, simd) << engine.name;
    const auto json =
        nlohmann::json::parse(EnvironmentJson(execution, {}, NoiseDataset(1, 1), {"normlab"}));
    EXPECT_EQ(json["engine"], engine.name);
    EXPECT_EQ(json["simd"], simd) << engine.name;
  }
}

TEST(EveryEngine, IsPlannedByItsRow) {
  for (const Engine& engine : Engines()) {
    StudyPlan plan = OneArm(engine);
    plan.execution.layer_statistics = false;
    EXPECT_EQ(ChooseJobSplit(plan, {0}).threads, engine.threads ? 2 : 1) << engine.name;
    const Config& config = plan.arms[0].config;
    const auto network =
        static_cast<double>(engine.training_bytes(MakeArchitecture(config), config.batch_size, 2));
    const double bytes = TrainingMemory(config, plan.execution);
    const double predictions = 3 * sizeof(float) * 10000 * 10;
    EXPECT_GT(bytes, network + predictions) << engine.name;
    EXPECT_LT(bytes, network + predictions + 10000) << engine.name;
    EXPECT_GT(EstimateStudy(plan, {}).seconds, 0) << engine.name;
  }
}

}  // namespace
}  // namespace normlab
