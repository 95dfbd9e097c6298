#include "app/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pty.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/error.h"
#include "tests/app/screen.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

// `steps` steps in `seconds`, then 1 s of testing.
void PlayEpoch(Progress& progress, Screen& screen, int epoch, int steps, double seconds) {
  progress.OnEpochStart(1, epoch, steps);
  for (int step = 1; step <= steps; ++step) {
    screen.now += seconds / steps;
    progress.OnStep(1, {step, 0.0163, 0.1, 0.9}, 99.54);
  }
  screen.now += 1;
  progress.OnEpoch(1, Record(epoch));
}

TEST(Progress, DrawsTheLinesOfTheSeeds) {
  Screen screen;
  {
    Progress progress(ProgressMode::kAuto, screen.terminal());
    BeginFirstOfThree(progress);
    PlayEpoch(progress, screen, 1, 469, 3.125);
  }
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "[1/3] batch, seed 1");
  EXPECT_EQ(lines[1], "Epoch 1/2");
  EXPECT_EQ(lines[2],
            "Loss=0.0163 Batch_id=468 Accuracy=99.54: 100%|██████████| 469/469 "
            "[00:03<00:00, 150.08it/s]");
  EXPECT_EQ(lines[3], "Test set: Average loss: 0.0163, Accuracy: 9954/10000 (99.54%)");
  // 4.125 s for an epoch of which five are left.
  EXPECT_THAT(lines[4],
              ::testing::StartsWith("study, 0/3 arms:  17%|█▋        | 1/6 [00:04<00:20,  4.1"));
  EXPECT_EQ(lines[5], "");
}

TEST(Progress, ABarForTheStudyStaysBelowThatOfTheTraining) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  BeginFirstOfThree(progress);
  PlayEpoch(progress, screen, 1, 10, 9);
  progress.OnEpochStart(1, 2, 100);
  std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 7u) << screen.written;
  EXPECT_EQ(lines[4], "Epoch 2/2, about 00:50 left in all");
  EXPECT_THAT(lines[5], ::testing::StartsWith("  0%|"));
  EXPECT_THAT(lines[6], ::testing::StartsWith("study, 0/3 arms:  17%|"));
  screen.now += 10;
  progress.OnEpoch(1, Record(2));
  progress.OnArmEnd(1);
  lines = screen.lines();
  ASSERT_EQ(lines.size(), 8u) << screen.written;
  EXPECT_EQ(lines[7], "study, 1/3 arms:  33%|███▎      | 2/6 [00:20<00:40, 10.00s/epoch]");
}

TEST(Progress, AStudyOfOneArmHasNoBarOfItsOwn) {
  Screen screen;
  {
    Progress progress(ProgressMode::kBar, screen.terminal());
    StudyStart study;
    study.epochs_left = {2};
    study.test_images = 10000;
    progress.OnStudyStart(study);
    progress.OnArmStart(FirstOfThree());
    PlayEpoch(progress, screen, 1, 10, 9);
    progress.OnArmEnd(1);
  }
  EXPECT_THAT(screen.written, ::testing::Not(HasSubstr("study")));
  EXPECT_THAT(screen.written, ::testing::Not(HasSubstr("\x1b")));
}

TEST(Progress, SaysWhatIsLeftOfTheWholeStudy) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  BeginFirstOfThree(progress);
  PlayEpoch(progress, screen, 1, 10, 9);
  progress.OnEpochStart(1, 2, 10);
  // One epoch took 10 s: one more of this arm and 4 of the others are left.
  EXPECT_THAT(screen.written, HasSubstr("Epoch 2/2, about 00:50 left in all\n"));
}

TEST(Progress, RedrawsAtMostTenTimesASecond) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  BeginFirstOfThree(progress);
  PlayEpoch(progress, screen, 1, 10000, 2);
  int draws = 0;  // of the training's bar
  for (std::size_t at = 0; (at = screen.written.find("/10000 [", at)) != std::string::npos; ++at) {
    ++draws;
  }
  EXPECT_GE(draws, 18);
  EXPECT_LE(draws, 22);
}

TEST(Progress, SmoothsTheRate) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  BeginFirstOfThree(progress);
  progress.OnEpochStart(1, 1, 100);
  screen.now += 1;
  progress.OnStep(1, {1, 1, 0, 0}, 50);  // 1 step a second
  screen.now += 0.25;
  progress.OnStep(1, {2, 1, 0, 0}, 50);  // 4 steps a second
  // (0.3 * 1 + 0.7 * 0.3 * 1) / (0.3 * 0.25 + 0.7 * 0.3 * 1) = 0.51 / 0.285
  EXPECT_THAT(screen.written, HasSubstr("| 2/100 [00:01<00:54,  1.79it/s]"));
}

TEST(Progress, FillsTheTerminalAndNeverMore) {
  Screen screen;
  screen.columns = 90;
  Progress progress(ProgressMode::kBar, screen.terminal());
  BeginFirstOfThree(progress);
  PlayEpoch(progress, screen, 1, 50, 1);
  const std::string bar = screen.lines()[2];
  EXPECT_EQ(DisplayWidth(bar), 89) << "the last column stays free";
}

TEST(Progress, UsesAsciiWhereTheLocaleHasNothingElse) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal(true, false));
  BeginFirstOfThree(progress);
  PlayEpoch(progress, screen, 1, 50, 1);
  EXPECT_THAT(screen.lines()[2], HasSubstr("100%|##########| 50/50"));
  EXPECT_TRUE(std::all_of(screen.written.begin(), screen.written.end(),
                          [](char c) { return static_cast<unsigned char>(c) < 128; }));
}

TEST(Progress, IsOnePlainLineAnEpochWhereNobodyWatches) {
  Screen screen;
  {
    Progress progress(ProgressMode::kAuto, screen.terminal(false));
    BeginFirstOfThree(progress);
    PlayEpoch(progress, screen, 1, 10, 9);
    PlayEpoch(progress, screen, 2, 10, 9);
  }
  EXPECT_EQ(screen.written,
            "[1/3] batch, seed 1: epoch 1/2, train loss 0.5000, accuracy 80.00%, test loss 0.0163, "
            "accuracy 99.54%, 2.0 s, about 00:50 left in all\n"
            "[1/3] batch, seed 1: epoch 2/2, train loss 0.5000, accuracy 80.00%, test loss 0.0163, "
            "accuracy 99.54%, 2.0 s, about 00:40 left in all\n");
}

TEST(Progress, APlainLineForTheStudyWheneverAnArmIsDone) {
  Screen screen;
  Progress progress(ProgressMode::kPlain, screen.terminal(false));
  BeginFirstOfThree(progress);
  for (const int arm : {1, 2, 3}) {
    progress.OnArmStart({arm, "batch, seed 1", 2, 0});
    for (const int epoch : {1, 2}) {
      progress.OnEpochStart(arm, epoch, 10);
      screen.now += 10;
      progress.OnEpoch(arm, Record(epoch));
      if (arm == 2) break;  // it diverges in its second epoch
    }
    progress.OnArmEnd(arm);
  }
  std::vector<std::string> lines;
  for (const std::string& line : screen.lines()) {
    if (line.starts_with("study")) lines.push_back(line);
  }
  EXPECT_THAT(lines, ::testing::ElementsAre(
                         "study: 1 of 3 arms, 2 of 6 epochs in 00:20, about 00:40 left in all",
                         "study: 2 of 3 arms, 5 of 5 epochs in 00:50"));
}

TEST(Progress, ArmsOfAnEarlierRunAreDone) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  StudyStart study = ThreeArms();
  study.epochs_left = {0, 1, 2};
  progress.OnStudyStart(study);
  progress.OnArmStart({2, "layer, seed 1", 2, 1});
  progress.OnEpochStart(2, 2, 10);
  EXPECT_THAT(screen.lines().back(), ::testing::StartsWith("study, 1/3 arms:   0%|"));
  EXPECT_THAT(screen.lines().back(), HasSubstr("| 0/3 ["));
}

TEST(Progress, MessagesDoNotRunIntoAnOpenBar) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  BeginFirstOfThree(progress);
  progress.OnEpochStart(1, 1, 100);
  screen.now += 1;
  progress.OnStep(1, {1, 1, 0, 0}, 50);
  progress.OnMessage("batch-seed1: diverged");
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_THAT(lines[2], HasSubstr("1/100"));
  EXPECT_EQ(lines[3], "batch-seed1: diverged");
  EXPECT_THAT(lines[4], ::testing::StartsWith("study, 0/3 arms"));
}

TEST(Progress, ABarThatIsLeftEndsItsLine) {
  Screen screen;
  {
    Progress progress(ProgressMode::kBar, screen.terminal());
    BeginFirstOfThree(progress);
    progress.OnEpochStart(1, 1, 100);
  }
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 5u) << screen.written;
  EXPECT_THAT(lines[2], ::testing::EndsWith("[00:00<?, ?it/s]"));
  EXPECT_THAT(lines[3], ::testing::StartsWith("study, 0/3 arms"));
  EXPECT_EQ(lines[4], "");
}

TEST(Progress, ResumedArmsSaySo) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  ArmStart arm = FirstOfThree();
  arm.epochs_done = 1;
  progress.OnStudyStart(ThreeArms());
  progress.OnArmStart(arm);
  EXPECT_EQ(screen.written, "[1/3] batch, seed 1: goes on after epoch 1 of 2\n");
}

TEST(Progress, NamesTheValidationSplitWhereOneIsHeldOut) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  StudyStart study = ThreeArms();
  study.has_validation = true;
  progress.OnStudyStart(study);
  progress.OnArmStart(FirstOfThree());
  progress.OnEpochStart(1, 1, 1);
  EpochRecord record = Record(1);
  record.validation_loss = 0.25;
  record.validation_accuracy = 91;
  progress.OnEpoch(1, record);
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 6u) << screen.written;
  EXPECT_EQ(lines[3], "Validation set: Average loss: 0.2500, Accuracy: 91.00%");
  EXPECT_THAT(lines[4], ::testing::StartsWith("Test set: "));
}

TEST(Progress, NoneShowsMessagesOnly) {
  Screen screen;
  {
    Progress progress(ProgressMode::kNone, screen.terminal());
    BeginFirstOfThree(progress);
    PlayEpoch(progress, screen, 1, 10, 9);
    progress.OnMessage("layer-seed1: diverged");
  }
  EXPECT_EQ(screen.written, "layer-seed1: diverged\n");
}

TEST(ParseProgressMode, KnowsFourModesAndNamesThem) {
  EXPECT_EQ(ParseProgressMode("auto"), ProgressMode::kAuto);
  EXPECT_EQ(ParseProgressMode("bar"), ProgressMode::kBar);
  EXPECT_EQ(ParseProgressMode("plain"), ProgressMode::kPlain);
  EXPECT_EQ(ParseProgressMode("none"), ProgressMode::kNone);
  try {
    ParseProgressMode("fancy");
    FAIL() << "accepted";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("auto, bar, plain or none, found 'fancy'"));
  }
}

// Sets or (nullopt) unsets a variable, and puts back what was there.
class Environment {
 public:
  Environment(const char* name, std::optional<std::string> value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    Set(value);
  }
  ~Environment() { Set(old_); }

 private:
  void Set(const std::optional<std::string>& value) {
    if (value) {
      setenv(name_, value->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  const char* name_;
  std::optional<std::string> old_;
};

TEST(StandardError, TakesItsCharactersFromTheFirstLocaleThatIsSet) {
  const Environment all("LC_ALL", ""), type("LC_CTYPE", std::nullopt), lang("LANG", "de_DE.UTF-8");
  EXPECT_TRUE(StandardError().utf8);
  const Environment plain("LC_CTYPE", "C");
  EXPECT_FALSE(StandardError().utf8);
  const Environment strongest("LC_ALL", "C.utf8");
  EXPECT_TRUE(StandardError().utf8);
}

// A terminal of this process's own on standard error, while it lives.
class OwnTerminal {
 public:
  OwnTerminal() : before_(dup(STDERR_FILENO)) {
    if (openpty(&master_, &slave_, nullptr, nullptr, nullptr) == 0) dup2(slave_, STDERR_FILENO);
  }
  ~OwnTerminal() {
    dup2(before_, STDERR_FILENO);
    for (const int descriptor : {before_, master_, slave_}) close(descriptor);
  }

 private:
  int before_, master_ = -1, slave_ = -1;
};

TEST(StandardError, CursorsAreMovedOnAPersonsTerminalAlone) {
  const Environment kind("TERM", "xterm-256color"), ci("CI", std::nullopt),
      jupyter("JPY_PARENT_PID", std::nullopt);
  const OwnTerminal terminal;
  EXPECT_TRUE(StandardError().interactive);
  for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{
           {"TERM", "dumb"}, {"JPY_PARENT_PID", "4711"}, {"CI", "true"}}) {
    const Environment variable(name, value);
    EXPECT_FALSE(StandardError().interactive) << name;
  }
}

}  // namespace
}  // namespace normlab
