// compare_statistics and bn_statistics from the recipe to the files of an arm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "base/file.h"
#include "config/plan.h"
#include "noise_dataset.h"
#include "study/arm_trainer.h"
#include "tests/train/temporary_folder.h"
#include "train/safetensors.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr char kArms[] = R"(
model = "C3v P C3x2 GAP c10!"
epochs = 2
batch_size = 16
compare_statistics = true
[[run]]
norm = "batch"
[[run]]
norm = "batch"
bn_statistics = "per_application"
[[run]]
norm = "layer"
)";

const Dataset& SmallDataset() {
  static const Dataset dataset = NoiseDataset(71, 33);
  return dataset;
}

struct Stops : TrainObserver {
  void OnStep(const StepRecord& step, int, double) override { stop = step.step == at; }
  std::int64_t at = 0;
  std::atomic<bool> stop = false;
};

using Rows = std::vector<std::vector<std::string>>;

Rows Cells(const std::string& text) {
  Rows rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream cells(line + ",");
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

class CompareStatistics : public ::testing::Test {
 protected:
  CompareStatistics() { plan_.execution.threads = 1; }
  // The arm's end, and its folder below `name`.
  std::string TrainOne(std::size_t arm, const std::string& name, std::int64_t stop_at = 0) {
    Stops observer;
    observer.at = stop_at;
    ArmEntry entry;
    TrainArm(plan_.arms.at(arm), plan_.execution, folder_ / name, SmallDataset(), observer,
             observer.stop, entry);
    return entry.state;
  }
  std::string Path(std::size_t arm, const std::string& name, const std::string& file) {
    return folder_ / (name + "/" + plan_.arms.at(arm).folder + "/" + file);
  }
  std::string Text(std::size_t arm, const std::string& name) {
    return ReadFile(Path(arm, name, "statistics.csv"));
  }

  TemporaryFolder folder_;
  StudyPlan plan_ = ResolvePlan(ParseRecipe(kArms, "compared.toml"), {});
};

TEST_F(CompareStatistics, WritesFiveLinesAnEpochBesideTheMetrics) {
  const std::vector<std::string> kinds{"shared", "per_application", "reestimated_shared",
                                       "reestimated_per_application", "batch"};
  for (const std::size_t arm : {0, 1}) {
    EXPECT_EQ(TrainOne(arm, "run"), "finished");
    const Rows rows = Cells(Text(arm, "run"));
    const Rows metrics = Cells(ReadFile(Path(arm, "run", "metrics.csv")));
    ASSERT_EQ(rows.size(), 1u + 2 * 5);
    EXPECT_THAT(rows[0], ElementsAre("epoch", "statistics", "test_loss", "test_accuracy"));
    for (std::size_t i = 1; i < rows.size(); ++i) {
      ASSERT_EQ(rows[i].size(), 4u);
      EXPECT_EQ(rows[i][0], i <= 5 ? "1" : "2");
      EXPECT_EQ(rows[i][1], kinds[(i - 1) % 5]);
    }
    // The kind that the arm itself keeps is what its metrics say.
    for (const std::size_t epoch : {1, 2}) {
      const auto& own = rows[5 * (epoch - 1) + 1 + arm];
      EXPECT_EQ(own[2], metrics[epoch][3]) << "test_loss of epoch " << epoch;
      EXPECT_EQ(own[3], metrics[epoch][4]);
    }
  }
  EXPECT_EQ(Text(0, "run"), Text(1, "run")) << "training reads no running statistic";
}

TEST_F(CompareStatistics, WritesNoFileOfAnArmThatKeepsNone) {
  EXPECT_EQ(TrainOne(2, "run"), "finished");
  EXPECT_TRUE(fs::exists(Path(2, "run", "metrics.csv")));
  EXPECT_FALSE(fs::exists(Path(2, "run", "statistics.csv")));
}

TEST_F(CompareStatistics, WritesNoFileUnasked) {
  plan_.execution.compare_statistics = false;
  EXPECT_EQ(TrainOne(0, "run"), "finished");
  EXPECT_FALSE(fs::exists(Path(0, "run", "statistics.csv")));
}

TEST_F(CompareStatistics, GoesOnAfterAStopToTheSameBytes) {
  TrainOne(0, "whole");
  for (const int stop_at : {1, 5, 6, 9}) {  // five steps an epoch
    const std::string name = "stopped" + std::to_string(stop_at);
    EXPECT_EQ(TrainOne(0, name, stop_at), "interrupted");
    EXPECT_EQ(TrainOne(0, name), "finished");
    EXPECT_EQ(Text(0, name), Text(0, "whole"));
  }
}

// What is gone cannot be computed again without training.
TEST_F(CompareStatistics, StartsAnewWithoutItsFile) {
  TrainOne(0, "whole");
  EXPECT_EQ(TrainOne(0, "lost", 7), "interrupted");
  ASSERT_TRUE(fs::remove(Path(0, "lost", "statistics.csv")));
  EXPECT_EQ(TrainOne(0, "lost"), "finished");
  EXPECT_EQ(Text(0, "lost"), Text(0, "whole"));
  for (const char* file : {"last.safetensors", "best.safetensors", "layers.csv"}) {
    EXPECT_EQ(ReadFile(Path(0, "lost", file)), ReadFile(Path(0, "whole", file))) << file;
  }
}

TEST_F(CompareStatistics, CheckpointsHaveTheBuffersOfTheirKind) {
  const auto names = [&](std::size_t arm) {
    TrainOne(arm, "run");
    std::vector<std::string> all;
    for (const NamedTensor& tensor : ReadTensors(Path(arm, "run", "last.safetensors")).tensors) {
      all.push_back(tensor.name);
    }
    return all;
  };
  EXPECT_THAT(names(0), Contains("C2.norm.running_mean"));
  EXPECT_THAT(names(0), Not(Contains("C2.norm.running_mean_1")));
  EXPECT_THAT(names(1), Contains("C2.norm.running_mean_2"));
  EXPECT_THAT(names(1), Contains("C1.norm.running_mean"));
  EXPECT_THAT(names(1), Not(Contains("C2.norm.running_mean")));
}

}  // namespace
}  // namespace normlab
