// normlab tune as a user runs it: what it prints and leaves, that it goes on, and what it is no
// recipe for.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "report/figures/png.h"
#include "tests/app/program.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace fs = std::filesystem;

// Pictures of two classes, bright above or below; `tests` of another brightness in the test split.
void MakePictures(const TemporaryFolder& folder, int tests) {
  for (const char* split : {"train", "test"}) {
    for (int i = 0; i < 24; ++i) {
      const std::string of = folder / fmt::format("photos/{}/{}", split, i % 2 ? "cat" : "dog");
      fs::create_directories(of);
      RgbImage image{8, 8, {}};
      for (int p = 0; p < 192; ++p) {
        const int bright = p / 96 == i % 2 ? 120 : 0;
        image.pixels.push_back(static_cast<std::uint8_t>(bright + (i * 7 + p * 13) % 80 +
                                                         (*split == 't' ? 0 : tests)));
      }
      WriteFile(fmt::format("{}/{}.png", of, i), EncodePng(image));
    }
  }
}

std::string RecipeText(const std::string& tune) {
  return "model = \"C2 P GAP c2!\"\ndataset = \"folder:photos@1x8x8\"\nepochs = 6\n"
         "validation = 8\nbatch_size = 4\ngroups = 1\nseed = 3\n" +
         tune +
         "[tune.keys]\nlr = { low = 0.001, high = 1, scale = \"log\" }\n"
         "optimizer = [\"sgd\", \"adam\"]\n[[run]]\nnorm = \"batch\"\n[[run]]\nnorm = "
         "\"group\"\n";
}

constexpr char kHalving[] =
    "[tune]\ntrials = 4\nsearch = \"halving\"\nrungs = [1, 3]\nkeep = 0.5\n";

TEST(TuneCommand, LeavesThePageAndARecipeOfWhatWon) {
  const TemporaryFolder folder;
  MakePictures(folder, 0);
  WriteFile(folder / "mine.toml", RecipeText(kHalving));
  const Outcome tuned = RunProgram(folder, {"tune", "mine.toml", "--out", "t"});
  ASSERT_EQ(tuned.code, 0) << tuned.err;
  EXPECT_THAT(tuned.out, AllOf(HasSubstr("flattery"), HasSubstr("normlab run t/tuned.toml")));
  for (const char* name : {"DONE", "recipe.toml", "trials.csv", "figures/tuned-lr.svg",
                           "figures/tuned-optimizer.png", "environment.json"}) {
    EXPECT_TRUE(fs::exists(folder / ("t/" + std::string(name)))) << name;
  }
  const std::vector<std::string> trials = ReadLines(folder / "t/trials.csv");
  ASSERT_EQ(trials.size(), 9u);
  EXPECT_EQ(trials[0],
            "arm,trial,epochs,state,validation_accuracy,validation_loss,accuracy_after_1,"
            "accuracy_after_3,accuracy_after_6,lr,optimizer");
  const std::string page = ReadFile(folder / "t/README.md");
  EXPECT_THAT(page, AllOf(HasSubstr("no test image was loaded"), HasSubstr("at equal epochs")));
  // The response of a panel compares trials of equal epochs: all after the first rung.
  const std::vector<std::string> points = ReadLines(folder / "t/figures/tuned-lr.csv");
  ASSERT_EQ(points.size(), 9u);
  EXPECT_EQ(points[0],
            "lr,\"batch, epoch 1\",\"group, epoch 1\",\"batch, epoch 3\",\"group, epoch 3\","
            "\"batch, epoch 6\",\"group, epoch 6\"");
  EXPECT_THAT(ReadFile(folder / "t/figures/tuned-lr.gp"),
              AllOf(HasSubstr("epoch 1: 8 of 8 trials"), HasSubstr("epoch 3: 4 of 8 trials"),
                    HasSubstr("epoch 6: 2 of 8 trials")));

  const Outcome again = RunProgram(folder, {"tune", "t/recipe.toml", "--out", "t"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, tuned.out);
  const Outcome won = RunProgram(folder, {"run", "t/tuned.toml", "--dry-run"});
  EXPECT_EQ(won.code, 0) << won.err;
  EXPECT_THAT(won.out, HasSubstr("validation = 0"));
  const Outcome report = RunProgram(folder, {"report", "t"});
  EXPECT_EQ(report.code, 3);
  EXPECT_THAT(report.err, HasSubstr("a tuning, no run"));
}

TEST(TuneCommand, ADryRunListsTheTrialsAndLeavesNothing) {
  const TemporaryFolder folder;
  MakePictures(folder, 0);
  WriteFile(folder / "mine.toml", RecipeText("[tune]\ntrials = 3\n"));
  const Outcome outcome =
      RunProgram(folder, {"tune", "mine.toml", "--dry-run", "--norms", "batch"});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("3 trials of each of 1 arms"),
                                 HasSubstr("batch, trial 3: lr = "), Not(HasSubstr("trial 4"))));
  EXPECT_FALSE(fs::exists(folder / "runs"));
}

TEST(TuneCommand, AKillLosesNoBit) {
  const TemporaryFolder folder;
  MakePictures(folder, 0);
  WriteFile(folder / "mine.toml", RecipeText(kHalving));
  ASSERT_EQ(RunProgram(folder, {"tune", "mine.toml", "--out", "whole"}).code, 0);
  int killed = 0;
  for (int milliseconds = 60;; milliseconds += 60) {
    Program program(folder, {"tune", "mine.toml", "--out", "cut"});
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    if (program.Running()) {
      program.Signal(SIGKILL);
      ++killed;
    }
    if (program.Wait().code == 0) break;
  }
  EXPECT_GT(killed, 0);
  for (const char* name : {"trials.csv", "tuned.toml"}) {
    EXPECT_EQ(ReadFile(folder / (std::string("cut/") + name)),
              ReadFile(folder / (std::string("whole/") + name)))
        << name;
  }
}

TEST(TuneCommand, OtherTestPicturesChangeNothing) {
  std::vector<std::string> trials;
  for (const int tests : {0, 40}) {
    const TemporaryFolder folder;
    MakePictures(folder, tests);
    WriteFile(folder / "mine.toml", RecipeText("[tune]\ntrials = 2\n"));
    const Outcome outcome = RunProgram(folder, {"tune", "mine.toml", "--out", "t"});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    trials.push_back(ReadFile(folder / "t/trials.csv"));
  }
  EXPECT_EQ(trials[0], trials[1]);
}

TEST(TuneCommand, MistakesAreOneLine) {
  const TemporaryFolder folder;
  MakePictures(folder, 0);
  WriteFile(folder / "mine.toml", RecipeText("[tune]\ntrials = 2\n"));
  const auto refusal = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"tune", "mine.toml", "--dry-run"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = RunProgram(folder, words);
    EXPECT_EQ(outcome.code, 2) << outcome.out;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
    return outcome.err;
  };
  EXPECT_THAT(refusal({"--seeds", "3"}), HasSubstr("a trial has one seed"));
  EXPECT_THAT(refusal({"--set", "validation=0"}), HasSubstr("validation"));
  EXPECT_THAT(refusal({"--set", "lr=0.1"}), HasSubstr("lr is drawn by [tune]"));
  const Outcome none = RunProgram(folder, {"tune", "fashion", "--dry-run"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("expected [tune]"));
}

}  // namespace
}  // namespace normlab
