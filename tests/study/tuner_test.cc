// A tuning by held-out images alone, rung after rung, and what a kill leaves of it.
#include "study/tuner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/file.h"
#include "base/philox.h"
#include "records/run_folder.h"
#include "records/trials.h"
#include "tests/train/temporary_folder.h"

namespace normlab {
namespace {

using testing::HasSubstr;

std::string BigEndian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 255);
  return bytes;
}

// Three classes of bright rows over noise, 8 x 8; `item` tells sets apart.
void WriteSplit(const std::string& folder, const std::string& part, int images,
                std::uint32_t item) {
  RandomStream random(5, Purpose::kSamples, 0, item);
  std::string pixels = BigEndian(0x803) + BigEndian(static_cast<std::uint32_t>(images)) +
                       BigEndian(8) + BigEndian(8);
  std::string labels = BigEndian(0x801) + BigEndian(static_cast<std::uint32_t>(images));
  for (int n = 0; n < images; ++n) {
    const int label = static_cast<int>(random.Below(3));
    labels += static_cast<char>(label);
    for (int at = 0; at < 64; ++at) {
      const std::uint32_t bright = at / 16 == label ? 60 : 0;
      pixels += static_cast<char>(bright + random.Below(150));
    }
  }
  WriteFile(folder + "/" + part + "-images-idx3-ubyte", pixels);
  WriteFile(folder + "/" + part + "-labels-idx1-ubyte", labels);
}

std::string MakeData(const TemporaryFolder& folder, const std::string& name, std::uint32_t test) {
  const std::string path = folder / name;
  std::filesystem::create_directories(path);
  WriteSplit(path, "train", 120, 1);
  WriteSplit(path, "t10k", 30, test);
  return path;
}

TuningPlan PlanOf(const std::string& data) {
  return ResolveTuning(ParseRecipe("model = \"C4 P GAP c3!\"\ndataset = \"idx:" + data +
                                       "\"\nepochs = 4\nvalidation = 40\nbatch_size = 16\n"
                                       "average = \"ema\"\ngroups = 2\njobs = 1\nthreads = 1\n"
                                       "[tune]\ntrials = 5\nsearch = \"halving\"\nrungs = [1, 2]\n"
                                       "keep = 0.5\n[tune.keys]\n"
                                       "lr = { low = 0.01, high = 0.5, scale = \"log\" }\n"
                                       "optimizer = [\"sgd\", \"muon\"]\n"
                                       "[[run]]\nnorm = \"batch\"\n[[run]]\nnorm = \"group\"\n",
                                   "tuned.toml"),
                       {});
}

// Stops after so many steps; 0: never.
class Stopper : public StudyObserver {
 public:
  explicit Stopper(int at) : at_(at) {}
  void OnStep(int, const StepRecord&, double) override {
    ++steps;
    if (steps == at_) stop = true;
  }
  int steps = 0;
  std::atomic<bool> stop = false;

 private:
  int at_;
};

StudyResult Tune(const TuningPlan& plan, const std::string& out, Stopper& observer) {
  const auto no_page = [](const std::string&, const Dataset&, const Augmentation*) {
    return std::vector<std::string>();
  };
  return RunTuning(plan, {"", out, {"normlab", "tune"}, no_page}, observer, observer.stop);
}

TEST(Tuner, KeepsTheBetterHalfFromRungToRung) {
  const TemporaryFolder folder;
  const TuningPlan plan = PlanOf(MakeData(folder, "data", 2));
  Stopper never(0);
  EXPECT_EQ(Tune(plan, folder / "tuned", never).end, StudyEnd::kFinished);
  const Trials trials = ReadTrials(folder / "tuned/trials.csv");
  EXPECT_THAT(trials.keys, testing::ElementsAre("lr", "optimizer"));
  ASSERT_EQ(trials.rows.size(), 10u);
  for (const char* arm : {"batch", "group"}) {
    std::map<int, std::vector<double>> by_epochs;
    for (const TrialRecord& row : trials.rows) {
      if (row.arm != arm) continue;
      by_epochs[row.epochs].push_back(row.validation_accuracy);
      EXPECT_EQ(row.state, row.epochs == 4 ? "finished" : "dropped");
    }
    EXPECT_EQ(by_epochs[1].size(), 2u) << arm;  // 5, 3 go on, 2 go on
    EXPECT_EQ(by_epochs[2].size(), 1u) << arm;
    EXPECT_EQ(by_epochs[4].size(), 2u) << arm;
    const TrialRecord* best = BestTrial(trials, arm);
    ASSERT_NE(best, nullptr);
    EXPECT_EQ(best->validation_accuracy, std::ranges::max(by_epochs[4]));
  }
  // A step more would be an epoch begun for nothing: 80 images by 16 are 5 steps.
  EXPECT_EQ(never.steps, 2 * (5 * 1 + 3 * 1 + 2 * 2) * 5);
  const StudyPlan won = ResolvePlan(LoadRecipe(folder / "tuned/tuned.toml"), {});
  EXPECT_EQ(won.arms.size(), 2u);
  EXPECT_TRUE(std::filesystem::exists(folder / "tuned/DONE"));
  Stopper again(0);
  EXPECT_FALSE(Tune(plan, folder / "tuned", again).trained);
}

// Other test images of other labels, and the same tuning to the last bit; no record of it says a
// word of any test image.
TEST(Tuner, NoTestImageIsLookedAt) {
  const TemporaryFolder folder;
  std::vector<std::string> texts;
  for (const std::uint32_t test : {2u, 3u}) {
    const std::string name = "set" + std::to_string(test);
    Stopper never(0);
    Tune(PlanOf(MakeData(folder, name, test)), folder / ("tuned" + name), never);
    texts.push_back(ReadFile(folder / ("tuned" + name + "/trials.csv")));
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(folder / ("tuned" + name))) {
      const std::string file = entry.path().filename();
      EXPECT_NE(file, "predictions.safetensors");
      EXPECT_NE(file, "errors.csv");
      if (file == "metrics.csv") {
        EXPECT_THAT(ReadFile(entry.path()), testing::Not(HasSubstr("test_")));
      }
    }
  }
  EXPECT_NE(ReadFile(folder / "set2/t10k-images-idx3-ubyte"),
            ReadFile(folder / "set3/t10k-images-idx3-ubyte"));
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_EQ(WithoutTestImages(LoadDataset("idx:" + (folder / "set2"), "")).test.size(), 0u);
}

TEST(Tuner, GoesOnToTheSameTrialsAfterAStop) {
  const TemporaryFolder folder;
  const TuningPlan plan = PlanOf(MakeData(folder, "data", 2));
  Stopper never(0);
  Tune(plan, folder / "whole", never);
  int at = 0;
  for (StudyEnd end = StudyEnd::kInterrupted; end == StudyEnd::kInterrupted;) {
    at += 23;
    Stopper stopper(at);
    end = Tune(plan, folder / "cut", stopper).end;
    ASSERT_LT(at, 1000);
  }
  EXPECT_GT(at, 60);
  EXPECT_EQ(ReadFile(folder / "cut/trials.csv"), ReadFile(folder / "whole/trials.csv"));
  EXPECT_EQ(ReadFile(folder / "cut/tuned.toml"), ReadFile(folder / "whole/tuned.toml"));
}

TEST(Tuner, ItsFolderIsNoRun) {
  const TemporaryFolder folder;
  Stopper never(0);
  Tune(PlanOf(MakeData(folder, "data", 2)), folder / "tuned", never);
  try {
    ReadRunFolder(folder / "tuned");
    FAIL() << "read as a run";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("a tuning, no run"));
  }
  Stopper other(0);
  TuningPlan changed = PlanOf(folder / "data");
  changed.tuning.keep = 0.4;
  EXPECT_THROW(Tune(changed, folder / "tuned", other), UsageError);
}

}  // namespace
}  // namespace normlab
