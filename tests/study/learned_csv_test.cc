// learned.csv from the recipe to an arm's folder: stopped, lost, damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "base/file.h"
#include "config/plan.h"
#include "noise_dataset.h"
#include "records/learned_table.h"
#include "study/arm_trainer.h"
#include "tests/train/temporary_folder.h"
#include "train/safetensors.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

// Values of every shape; `gate` has little room between its bounds.
constexpr char kRecipe[] = R"(
model = "C3v P C3x2 GAP c10!"
epochs = 2
batch_size = 16
lr = 0.05
[[run]]
norm = """
equation = '''
share = exp(a[]) / (exp(a[]) + exp(b[]))
of_batch = avg[N H W](x)
m = share * of_batch + (1 - share) * avg[C H W](x)
y = weight[C] * (x - m) * gate[C] + tau[C H W]
'''
[learned.gate]
initial = 1
bounds = [0.9999, 1.0001]
[learned.a]
initial = 1
"""
[[run]]
norm = "none"
)";

const Dataset& LearnedDataset() {
  static const Dataset dataset = NoiseDataset(71, 33);  // five steps an epoch
  return dataset;
}

struct Stops : TrainObserver {
  void OnStep(const StepRecord& step, int, double) override { stop = step.step == at; }
  std::int64_t at = 0;
  std::atomic<bool> stop = false;
};

class LearnedOfAnArm : public ::testing::Test {
 protected:
  LearnedOfAnArm() { plan_.execution.threads = 1; }
  std::string TrainOne(const std::string& name, std::int64_t stop_at = 0, std::size_t arm = 0) {
    Stops observer;
    observer.at = stop_at;
    ArmEntry entry;
    TrainArm(plan_.arms.at(arm), plan_.execution, folder_ / name, LearnedDataset(), observer,
             observer.stop, entry);
    return entry.state;
  }
  std::string Path(const std::string& name, const std::string& file = "learned.csv",
                   std::size_t arm = 0) {
    return folder_ / (name + "/" + plan_.arms.at(arm).folder + "/" + file);
  }

  TemporaryFolder folder_;
  StudyPlan plan_ = ResolvePlan(ParseRecipe(kRecipe, "learned.toml"), {});
};

TEST_F(LearnedOfAnArm, IsWhatTheCheckpointHolds) {
  ASSERT_EQ(TrainOne("run"), "finished");
  std::vector<LearnedValue> rows = ReadLearned(Path("run"));
  ASSERT_EQ(rows.size(), 2u * 2 * 6);
  rows.erase(rows.begin(), rows.begin() + 12);
  std::size_t compared = 0;
  for (const NamedTensor& tensor : ReadTensors(Path("run", "last.safetensors")).tensors) {
    const auto row = std::ranges::find_if(rows, [&](const LearnedValue& each) {
      return tensor.name == each.layer + "." + each.part + "." + each.name;
    });
    if (row == rows.end()) continue;
    ++compared;
    std::vector<float> values(tensor.bytes.size() / sizeof(float));
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    double sum = 0;
    for (const float value : values) sum += value;
    EXPECT_EQ(row->epoch, 2);
    EXPECT_EQ(row->count, static_cast<int>(values.size())) << tensor.name;
    EXPECT_NEAR(row->mean, sum / row->count, 1e-6) << tensor.name;
    EXPECT_NEAR(row->lowest, *std::ranges::min_element(values), 1e-6) << tensor.name;
    EXPECT_NEAR(row->highest, *std::ranges::max_element(values), 1e-6) << tensor.name;
  }
  EXPECT_EQ(compared, 2u * 5);
  for (const LearnedValue& row : rows) {
    if (row.name != "gate") continue;
    EXPECT_GE(row.lowest, 0.9999 - 1e-6);
    EXPECT_LE(row.highest, 1.0001 + 1e-6);
    EXPECT_TRUE(row.lowest < 0.9999 + 1e-6 || row.highest > 1.0001 - 1e-6) << "none is touched";
  }
}

TEST_F(LearnedOfAnArm, GoesOnAfterAStopToTheSameBytes) {
  TrainOne("whole");
  for (const int stop_at : {1, 5, 6, 9}) {
    const std::string name = "stopped" + std::to_string(stop_at);
    EXPECT_EQ(TrainOne(name, stop_at), "interrupted");
    EXPECT_EQ(TrainOne(name), "finished");
    EXPECT_EQ(ReadFile(Path(name)), ReadFile(Path("whole")));
  }
}

// As a normlab of before it left a training.
TEST_F(LearnedOfAnArm, ATrainingThatBeganWithoutItGoesOn) {
  TrainOne("whole");
  EXPECT_EQ(TrainOne("earlier", 7), "interrupted");
  ASSERT_TRUE(fs::remove(Path("earlier")));
  EXPECT_EQ(TrainOne("earlier"), "finished");
  std::vector<LearnedValue> rows = ReadLearned(Path("whole"));
  std::erase_if(rows, [](const LearnedValue& row) { return row.epoch == 1; });
  EXPECT_EQ(ReadFile(Path("earlier")), LearnedTable().Text(rows));
  EXPECT_EQ(ReadFile(Path("earlier", "last.safetensors")),
            ReadFile(Path("whole", "last.safetensors")));
}

TEST_F(LearnedOfAnArm, StartsAnewOverADamagedFile) {
  TrainOne("whole");
  EXPECT_EQ(TrainOne("damaged", 7), "interrupted");
  WriteFile(Path("damaged"), "epoch,layer\n1,C1v\n");
  EXPECT_EQ(TrainOne("damaged"), "finished");
  EXPECT_EQ(ReadFile(Path("damaged")), ReadFile(Path("whole")));
}

TEST_F(LearnedOfAnArm, IsNotThereWhereNothingButFiltersIsLearned) {
  EXPECT_EQ(TrainOne("run", 0, 1), "finished");
  EXPECT_TRUE(fs::exists(Path("run", "layers.csv", 1)));
  EXPECT_FALSE(fs::exists(Path("run", "learned.csv", 1)));
}

}  // namespace
}  // namespace normlab
