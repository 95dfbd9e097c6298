// Several trainings at once on a terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "study/log_lines.h"
#include "tests/app/screen.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

// The first two of three arms, side by side, in their first epoch: 10 and 5 of 100 steps in 1.25 s.
void BeginTwo(Progress& progress, Screen& screen) {
  progress.OnStudyStart(ThreeArms(2));
  progress.OnArmStart(FirstOfThree());
  progress.OnArmStart({2, "layer, seed 1", 2, 0});
  progress.OnEpochStart(1, 1, 100);
  progress.OnEpochStart(2, 1, 100);
  for (int step = 1; step <= 10; ++step) {
    screen.now += 0.125;
    progress.OnStep(1, {step, 0.5, 0.1, 0.9}, 80);
    if (step % 2 == 0) progress.OnStep(2, {step / 2, 0.25, 0.1, 0.9}, 90);
  }
}

TEST(SeveralBars, ABarForEachAndOneForTheStudyInPlace) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  BeginTwo(progress, screen);
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 3u) << screen.written;
  EXPECT_THAT(lines[0], ::testing::StartsWith(
                            "batch, seed 1, epoch 1/2, Loss=0.5000 Batch_id=9 "
                            "Accuracy=80.00:  10%|█         | 10/100 [00:01<00:11,  8.00it/s]"));
  EXPECT_THAT(lines[1], ::testing::StartsWith("layer, seed 1, epoch 1/2, Loss=0.2500 Batch_id=3 "
                                              "Accuracy=90.00:   4%|"));
  EXPECT_EQ(lines[2], "study, 0/3 arms:   0%|          | 0/6 [00:01<?, ?epoch/s]");
}

TEST(SeveralBars, EpochsThatEndScrollAboveTheBars) {
  Screen screen;
  {
    Progress progress(ProgressMode::kBar, screen.terminal());
    BeginTwo(progress, screen);
    screen.now += 8.75;  // 10 s for the epoch
    progress.OnEpoch(2, Record(1));
    progress.OnMessage("layer-seed1: a word");
    progress.OnEpochStart(2, 2, 100);
  }
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 6u) << screen.written;
  EXPECT_EQ(lines[0],
            "[2/3] layer, seed 1: epoch 1/2, train loss 0.5000, accuracy 80.00%, test loss 0.0163, "
            "accuracy 99.54%, 2.0 s");
  EXPECT_EQ(lines[1], "layer-seed1: a word");
  EXPECT_THAT(lines[2], ::testing::StartsWith("batch, seed 1, epoch 1/2"));
  EXPECT_THAT(lines[3], ::testing::StartsWith("layer, seed 1, epoch 2/2"));
  // The first arm's first epoch is over by now, its second takes 10 s, as the second's does; then
  // the third arm begins, with two.
  EXPECT_EQ(lines[4], "study, 0/3 arms:  17%|█▋        | 1/6 [00:10<00:30, 10.00s/epoch]");
  EXPECT_EQ(lines[5], "");
}

TEST(SeveralBars, BarsGoWithTheirArms) {
  Screen screen;
  Progress progress(ProgressMode::kBar, screen.terminal());
  BeginTwo(progress, screen);
  progress.OnArmEnd(1);  // it diverged: its epochs are not waited for
  std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 2u) << screen.written;
  EXPECT_THAT(lines[0], ::testing::StartsWith("layer"));
  EXPECT_THAT(lines[1], HasSubstr("| 0/4 ["));
  for (const int epoch : {1, 2}) progress.OnEpoch(2, Record(epoch));
  progress.OnArmEnd(2);
  progress.OnArmStart({3, "group, seed 1", 2, 0});
  for (const int epoch : {1, 2}) {
    progress.OnEpochStart(3, epoch, 100);
    progress.OnEpoch(3, Record(epoch));
  }
  progress.OnArmEnd(3);
  progress.OnMessage("below");
  lines = screen.lines();
  ASSERT_EQ(lines.size(), 7u) << screen.written;
  EXPECT_THAT(lines[4], ::testing::StartsWith("study, 2/3 arms: 100%|██████████| 4/4 ["));
  EXPECT_EQ(lines[5], "below");
}

TEST(SeveralBars, NeverWiderOrHigherThanTheTerminal) {
  Screen screen;
  screen.columns = 80;
  screen.rows = 3;
  Progress progress(ProgressMode::kBar, screen.terminal());
  BeginTwo(progress, screen);
  const std::vector<std::string> lines = screen.lines();
  ASSERT_EQ(lines.size(), 2u) << screen.written;
  EXPECT_THAT(lines[0], ::testing::StartsWith("batch, seed 1, epoch 1/2:  10%|"));
  for (const std::string& line : lines) EXPECT_EQ(DisplayWidth(line), 79) << line;
}

TEST(SeveralBars, PlainLinesAreThoseOfOne) {
  Screen screen;
  Progress progress(ProgressMode::kPlain, screen.terminal(false));
  BeginTwo(progress, screen);
  screen.now += 8.75;
  progress.OnEpoch(2, Record(1));
  EXPECT_EQ(screen.written,
            "[2/3] layer, seed 1: epoch 1/2, train loss 0.5000, accuracy 80.00%, test loss 0.0163, "
            "accuracy 99.54%, 2.0 s, about 00:30 left in all\n");
}

}  // namespace
}  // namespace normlab
