// Bars on terminals of every size, whose windows change while they are drawn: nothing but what was
// printed ever scrolls out of sight.
#include "app/live_lines.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "app/fitted_meter.h"
#include "app/text_width.h"
#include "tests/app/screen.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The terminal of a program, and a person who pulls at the window.
struct Window {
  Emulator emulator;
  double now = 100;
  bool interactive = true;

  Window(int columns, int rows, Reflow reflow) : emulator(columns, rows, reflow) {}
  Terminal terminal() {
    Terminal terminal;
    terminal.interactive = interactive;
    terminal.utf8 = true;
    terminal.columns = [this] { return emulator.columns(); };
    terminal.rows = [this] { return emulator.rows(); };
    terminal.seconds = [this] { return now; };
    terminal.write = [this](std::string_view text) { emulator.Write(text); };
    return terminal;
  }
};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int operator()(int least, int most) {
    return least + static_cast<int>(engine_() % static_cast<unsigned>(most - least + 1));
  }

 private:
  std::mt19937 engine_;
};

std::size_t RowsWith(const std::vector<std::string>& lines, const std::string& part) {
  return static_cast<std::size_t>(std::ranges::count_if(
      lines, [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

// Lines of bars, "b" and a wide character, among printed ones of "p" and their number.
void PullAtTheWindow(unsigned seed, Reflow reflow) {
  Dice dice(seed);
  Window window(dice(1, 200), dice(1, 50), reflow);
  const Terminal terminal = window.terminal();
  LiveLines live(terminal);
  std::vector<std::string> printed;
  for (int i = 0; i < 60; ++i) {
    switch (dice(0, 3)) {
      case 0:
        printed.push_back(fmt::format("p{}{}", printed.size(), std::string(dice(0, 150), '.')));
        live.Print(printed.back());
        break;
      case 1:
        window.emulator.Resize(dice(1, 200), dice(1, 50));
        break;
      default:
        std::vector<std::string> bars;
        for (int bar = dice(1, 12); bar > 0; --bar) {
          bars.push_back("b" + std::string(dice(0, 120), 'b') + "猫b");
        }
        live.Show(bars);
        const std::size_t most = std::max(1, window.emulator.rows() - 1);
        EXPECT_EQ(RowsWith(window.emulator.Window(), "b"), std::min(bars.size(), most));
    }
    EXPECT_EQ(RowsWith(window.emulator.Scrollback(), "b"), 0u) << seed << ", " << i;
  }
  std::vector<std::string> found;
  for (const std::string& line : window.emulator.All()) {
    if (line.starts_with("p")) found.push_back(line);
  }
  if (reflow == Reflow::kWrap) {
    EXPECT_EQ(found, printed) << seed;
  } else {
    EXPECT_EQ(found.size(), printed.size()) << seed;
  }
}

TEST(LiveLines, OnlyWhatWasPrintedScrollsAwayWhateverTheWindowDoes) {
  for (unsigned seed = 1; seed <= 80; ++seed) {
    PullAtTheWindow(seed, Reflow::kCut);
    PullAtTheWindow(seed, Reflow::kWrap);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(LiveLines, WhatIsLeftStaysAndWhatComesStandsBelow) {
  for (const int bars : {1, 3}) {
    for (const int columns : {40, 9}) {
      Window window(40, 10, Reflow::kWrap);
      const Terminal terminal = window.terminal();
      LiveLines live(terminal);
      live.Show(std::vector<std::string>(static_cast<std::size_t>(bars), "a bar of twenty-five"));
      window.emulator.Resize(columns, 10);
      live.Leave();
      live.Print("below");
      std::vector<std::string> lines(static_cast<std::size_t>(bars),
                                     columns == 40 ? "a bar of twenty-five" : "a bar of");
      lines.emplace_back("below");
      lines.emplace_back("");
      EXPECT_EQ(window.emulator.Used(), lines);
    }
  }
}

// A cell of Jupyter's, a log, a pipe: the carriage return is all that they may get.
TEST(LiveLines, WithoutACursorTheLastLineStandsForAll) {
  Screen screen;
  const Terminal terminal = screen.terminal(false);
  LiveLines live(terminal);
  live.Show({"one", "two, longer"});
  live.Print("a line");
  live.Show({"one", "two"});
  live.Show({"one", "three"});
  live.Leave();
  EXPECT_THAT(screen.written, Not(HasSubstr("\x1b")));
  EXPECT_THAT(screen.lines(), ElementsAre("a line", "three", ""));
}

Meter AMeter(int columns) {
  Meter meter;
  meter.n = 211;
  meter.total = 469;
  meter.elapsed = 3;
  meter.columns = columns;
  return meter;
}

TEST(FittedMeter, TakesTheLongestPrefixThatFitsThenWhatMattersMost) {
  const std::vector<std::string> prefixes = {"batch, seed 1, Loss=0.0163", "batch, seed 1"};
  EXPECT_THAT(FittedMeter(AMeter(0), prefixes), StartsWith("batch, seed 1, Loss=0.0163:  45%|"));
  EXPECT_THAT(FittedMeter(AMeter(90), prefixes), StartsWith("batch, seed 1, Loss=0.0163:  45%|"));
  EXPECT_EQ(FittedMeter(AMeter(62), prefixes),
            "batch, seed 1:  45%|███▌    | 211/469 [00:03<00:03, 70.33it/s]");
  EXPECT_EQ(FittedMeter(AMeter(29), prefixes), "batch, seed 1:  45%|███▌    |");
  EXPECT_EQ(FittedMeter(AMeter(20), prefixes), "batch, seed 1  45%");
  EXPECT_EQ(FittedMeter(AMeter(12), prefixes), "batch,   45%");
  EXPECT_EQ(FittedMeter(AMeter(5), prefixes), " 45%");
  EXPECT_EQ(FittedMeter(AMeter(3), prefixes), "█▎ ");
  EXPECT_EQ(FittedMeter(AMeter(44), {""}), " 45%|██▏  | 211/469 [00:03<00:03, 70.33it/s]");
}

TEST(FittedMeter, IsNeverWiderThanAsked) {
  for (const std::string prefix : {"", "batch", "猫, 日本語のラベル", "e\u0301te\u0301"}) {
    for (int columns = 1; columns <= 200; ++columns) {
      const std::string line = FittedMeter(AMeter(columns), {prefix + ", Loss=0.0163", prefix});
      EXPECT_LE(ColumnsOf(line), columns) << line;
      EXPECT_GT(ColumnsOf(line), 0) << line;
    }
  }
}

TEST(TextWidth, IsThatOfTheTerminal) {
  EXPECT_EQ(ColumnsOf("abc"), 3);
  EXPECT_EQ(ColumnsOf("日本"), 4);
  EXPECT_EQ(ColumnsOf("██▎"), 3);
  EXPECT_EQ(ColumnsOf("e\u0301"), 1);
  EXPECT_EQ(ColumnsOf("\xff"), 1);
  EXPECT_EQ(CutToColumns("日本", 3), "日");
  EXPECT_EQ(CutToColumns("abc", 0), "");
  EXPECT_EQ(CutToColumns("abc", 5), "abc");
}

// A study whose trainings run side by side, on a window that changes.
void TrainInAWindow(unsigned seed, Reflow reflow) {
  Dice dice(seed);
  Window window(dice(1, 120), dice(1, 30), reflow);
  const int jobs = dice(2, 12);
  Progress progress(ProgressMode::kAuto, window.terminal());
  StudyStart study;
  study.jobs = jobs;
  study.epochs_left.assign(static_cast<std::size_t>(jobs), 2);
  progress.OnStudyStart(study);
  for (int arm = 1; arm <= jobs; ++arm) progress.OnArmStart({arm, "batch, 猫, seed 1", 2, 0});
  for (int epoch = 1; epoch <= 2; ++epoch) {
    for (int arm = 1; arm <= jobs; ++arm) progress.OnEpochStart(arm, epoch, 20);
    for (int step = 1; step <= 20; ++step) {
      for (int arm = 1; arm <= jobs; ++arm) {
        window.now += dice(0, 1) * 0.06;
        if (dice(0, 9) == 0) window.emulator.Resize(dice(1, 120), dice(1, 30));
        progress.OnStep(arm, {step, 0.5, 0.1, 0.9}, 80);
      }
    }
    for (int arm = 1; arm <= jobs; ++arm) progress.OnEpoch(arm, Record(epoch));
  }
  for (int arm = 1; arm < jobs; ++arm) progress.OnArmEnd(arm);
  for (const std::string& line : window.emulator.Scrollback()) {
    EXPECT_THAT(line, StartsWith(std::string("[").substr(0, line.size()))) << seed;
  }
}

TEST(Progress, LeavesTheLinesOfEpochsAloneInTheScrollback) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    TrainInAWindow(seed, Reflow::kCut);
    TrainInAWindow(seed, Reflow::kWrap);
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace normlab
