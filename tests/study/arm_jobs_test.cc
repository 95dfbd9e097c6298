// Trainings side by side: the same files whatever the split, each arm's fate its own.
#include "study/arm_jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "noise_dataset.h"
#include "study/begin_index.h"
#include "tests/train/temporary_folder.h"
#include "tests/without_times.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kThreeArms[] = R"(
model = "C2v P P GAP c10!"
groups = 1
dropout = 0.1
epochs = 2
batch_size = 16
validation = 8
log_steps = true
[[run]]
norm = "batch"
[[run]]
norm = "layer"
[[run]]
norm = "group"
optimizer = "adam"
)";
constexpr int kStepsPerEpoch = 5;  // 80 images less 8, by 16

StudyPlan PlanOf(const std::string& recipe) {
  return ResolvePlan(ParseRecipe(recipe, "jobs.toml"), {});
}

const Dataset& SmallDataset() {
  static const Dataset dataset = NoiseDataset(80, 30);
  return dataset;
}

// Notes every call by its arm, and whether two were ever made at once.
class Notes : public StudyObserver {
 public:
  void OnStudyStart(const StudyStart& study) override { start = study; }
  void OnArmStart(const ArmStart& arm) override { Note(arm.arm, "start"); }
  void OnEpochStart(int arm, int epoch, std::int64_t) override {
    Note(arm, "epoch " + std::to_string(epoch));
  }
  void OnStep(int arm, const StepRecord& step, double) override {
    Note(arm, "step " + std::to_string(step.step));
    ++steps;
    if (steps == stop_at) stop = true;
  }
  void OnEpoch(int arm, const EpochRecord& record) override {
    Note(arm, "done " + std::to_string(record.epoch));
  }
  void OnArmEnd(int arm) override { Note(arm, "end"); }
  void OnMessage(const std::string& line) override { messages.push_back(line); }

  StudyStart start;
  std::map<int, std::vector<std::string>> calls;
  std::vector<std::string> messages;
  bool overlapped = false;
  int stop_at = 0;
  std::atomic<bool> stop = false;

 private:
  void Note(int arm, const std::string& call) {
    if (busy_.exchange(true)) overlapped = true;
    calls[arm].push_back(call);
    busy_ = false;
  }
  std::atomic<bool> busy_ = false;
  int steps = 0;
};

class ArmJobsThreads : public ::testing::Test {
 protected:
  // Trains into the folder, from where it was left.
  bool Train(const StudyPlan& plan, const JobSplit& split, const std::string& name,
             Notes* given = nullptr) {
    fs::create_directories(folder_ / name);
    if (!fs::exists(folder_ / (name + "/study.json"))) {
      WriteStudyIndex(folder_ / name, MakeStudyIndex(plan, "hash", SmallDataset().class_names));
    }
    StudyIndex index = ReadStudyIndex(folder_ / name);
    Notes own;
    Notes& notes = given == nullptr ? own : *given;
    return TrainArms(plan, split, folder_ / name, SmallDataset(), notes, notes.stop, index);
  }

  std::vector<std::string> States(const std::string& name) {
    std::vector<std::string> states;
    for (const ArmEntry& arm : ReadStudyIndex(folder_ / name).arms) {
      states.push_back(arm.folder + " " + arm.state);
    }
    return states;
  }

  void ExpectSameBits(const std::string& a, const std::string& b) {
    for (const char* name : {"last.safetensors", "best.safetensors", "predictions.safetensors",
                             "errors.csv", "steps.csv", "layers.csv", "arm.json"}) {
      EXPECT_EQ(Sha256(ReadFile(folder_ / (a + "/" + name))),
                Sha256(ReadFile(folder_ / (b + "/" + name))))
          << name << " of " << a << " and " << b;
    }
    const auto learned = [&](const std::string& arm) {
      const std::string path = folder_ / (arm + "/learned.csv");
      return fs::exists(path) ? ReadFile(path) : "none";
    };
    EXPECT_EQ(learned(a), learned(b));
    EXPECT_EQ(WithoutTimes(folder_ / (a + "/metrics.csv")),
              WithoutTimes(folder_ / (b + "/metrics.csv")));
  }

  TemporaryFolder folder_;
};

TEST_F(ArmJobsThreads, AnySplitGivesTheSameBits) {
  const StudyPlan plan = PlanOf(kThreeArms);
  ASSERT_TRUE(Train(plan, {1, 1}, "whole"));
  const std::vector<JobSplit> splits = {{1, 2}, {2, 1}, {3, 1}, {2, 1, 1, 2}, {3, 2}};
  for (std::size_t i = 0; i < splits.size(); ++i) {
    const std::string name = "split" + std::to_string(i);
    ASSERT_TRUE(Train(plan, splits[i], name));
    for (const Arm& arm : plan.arms) ExpectSameBits("whole/" + arm.folder, name + "/" + arm.folder);
    EXPECT_EQ(States(name), States("whole"));
  }
}

TEST_F(ArmJobsThreads, CallsComeOneAtATimeAndInTheOrderOfTheirArm) {
  const StudyPlan plan = PlanOf(kThreeArms);
  Notes notes;
  ASSERT_TRUE(Train(plan, {3, 1}, "run", &notes));
  EXPECT_FALSE(notes.overlapped);
  EXPECT_EQ(notes.start.jobs, 3);
  EXPECT_THAT(notes.start.epochs_left, ElementsAre(2, 2, 2));
  EXPECT_EQ(notes.start.test_images, 30);
  std::vector<std::string> expected = {"start"};
  for (int epoch = 1; epoch <= 2; ++epoch) {
    expected.push_back("epoch " + std::to_string(epoch));
    for (int step = 1; step <= kStepsPerEpoch; ++step) {
      expected.push_back("step " + std::to_string((epoch - 1) * kStepsPerEpoch + step));
    }
    expected.push_back("done " + std::to_string(epoch));
  }
  expected.push_back("end");
  ASSERT_EQ(notes.calls.size(), 3u);
  for (const auto& [arm, calls] : notes.calls) EXPECT_EQ(calls, expected) << arm;
}

TEST_F(ArmJobsThreads, TheIndexKeepsThePlansOrder) {
  // The first arm ends long after the others.
  const StudyPlan plan = PlanOf(R"(
model = "C2v P P GAP c10!"
batch_size = 16
[[run]]
norm = "batch"
epochs = 12
[[run]]
norm = "batch"
epochs = 1
[[run]]
norm = "layer"
epochs = 1
)");
  ASSERT_TRUE(Train(plan, {3, 1}, "run"));
  EXPECT_THAT(States("run"),
              ElementsAre("batch-epochs_12-seed1 finished", "batch-epochs_1-seed1 finished",
                          "layer-epochs_1-seed1 finished"));
}

TEST_F(ArmJobsThreads, AnArmThatDivergesLeavesThoseBesideItAlone) {
  const std::string others = R"(
[[run]]
norm = "layer"
[[run]]
norm = "batch"
)";
  const std::string base =
      "model = \"C2v P P GAP c10!\"\nbatch_size = 16\nepochs = 3\n"
      "log_steps = true\n";
  const std::string diverging = "[[run]]\nnorm = \"none\"\nlr = 1000\nmomentum = 0.99\nl2 = 100\n";
  const StudyPlan plan = PlanOf(base + diverging + others);
  const StudyPlan alone = PlanOf(base + others);
  Notes notes;
  ASSERT_TRUE(Train(plan, {2, 1}, "run", &notes));
  ASSERT_TRUE(Train(alone, {1, 1}, "alone"));
  EXPECT_THAT(States("run").front(), ::testing::EndsWith("diverged"));
  EXPECT_THAT(notes.messages, ElementsAre(HasSubstr("diverged: the loss is not finite at step ")));
  for (int i = 0; i < 2; ++i) {
    ExpectSameBits("run/" + plan.arms[i + 1].folder, "alone/" + alone.arms[i].folder);
  }
}

TEST_F(ArmJobsThreads, AnArmThatFailsIsNamedAndTriedAgain) {
  const StudyPlan plan = PlanOf(kThreeArms);
  ASSERT_TRUE(Train(plan, {1, 1}, "whole"));
  for (const int jobs : {1, 2}) {
    const std::string name = "run" + std::to_string(jobs);
    fs::create_directories(folder_ / name);
    const std::string blocked = folder_ / (name + "/" + plan.arms[0].folder);
    WriteFile(blocked, "a file where the arm's folder belongs");
    Notes notes;
    EXPECT_THROW(Train(plan, {jobs, 1}, name, &notes), fs::filesystem_error);
    EXPECT_THAT(notes.messages, ElementsAre(StartsWith(plan.arms[0].folder + ": failed: ")));
    EXPECT_EQ(notes.calls[1].back(), "end");
    EXPECT_THAT(States(name), ElementsAre("batch-optimizer_sgd-seed1 interrupted",
                                          "layer-optimizer_sgd-seed1 finished",
                                          "group-optimizer_adam-seed1 finished"));
    fs::remove(blocked);
    Notes again;
    EXPECT_TRUE(Train(plan, {jobs, 1}, name, &again));
    EXPECT_THAT(again.messages, ElementsAre("layer-optimizer_sgd-seed1: finished, kept",
                                            "group-optimizer_adam-seed1: finished, kept"));
    for (const Arm& arm : plan.arms) ExpectSameBits("whole/" + arm.folder, name + "/" + arm.folder);
  }
}

TEST_F(ArmJobsThreads, NoArmBeginsWhenTheIndexCannotBeWritten) {
  const StudyPlan plan = PlanOf(kThreeArms);
  fs::create_directories(folder_ / "run");
  WriteStudyIndex(folder_ / "run", MakeStudyIndex(plan, "hash", SmallDataset().class_names));
  fs::create_directories(folder_ / "run/study.json.part");  // where it would be written
  EXPECT_THROW(Train(plan, {2, 1}, "run"), RunError);
  for (const Arm& arm : plan.arms) EXPECT_FALSE(fs::exists(folder_ / ("run/" + arm.folder)));
}

TEST_F(ArmJobsThreads, StoppedWithTwoRunningItGoesOnInAnotherSplit) {
  const StudyPlan plan = PlanOf(kThreeArms);
  ASSERT_TRUE(Train(plan, {1, 1}, "whole"));
  // From the study's first step to its last but one: arms wait, train, evaluate or end.
  const int steps = 3 * 2 * kStepsPerEpoch;
  for (int stop_at = 1; stop_at < steps; stop_at += 7) {
    const std::string name = "stopped" + std::to_string(stop_at);
    Notes notes;
    notes.stop_at = stop_at;
    EXPECT_FALSE(Train(plan, {2, 1}, name, &notes)) << stop_at;
    for (const auto& [arm, calls] : notes.calls) EXPECT_EQ(calls.back(), "end") << arm;
    EXPECT_TRUE(Train(plan, stop_at % 2 == 1 ? JobSplit{1, 2} : JobSplit{3, 1}, name)) << stop_at;
    for (const Arm& arm : plan.arms) ExpectSameBits("whole/" + arm.folder, name + "/" + arm.folder);
  }
}

}  // namespace
}  // namespace normlab
