// A terminal in memory, and a study of three arms to be shown on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/progress.h"
#include "tests/app/emulator.h"

namespace normlab {

// With a clock that the test turns.
struct Screen {
  double now = 100;
  int columns = 0, rows = 0;
  std::string written;

  Terminal terminal(bool interactive = true, bool utf8 = true) {
    Terminal terminal;
    terminal.interactive = interactive;
    terminal.utf8 = utf8;
    terminal.columns = [this] { return columns; };
    terminal.rows = [this] { return rows; };
    terminal.seconds = [this] { return now; };
    terminal.write = [this](std::string_view text) { written += text; };
    return terminal;
  }

  // What a person sees in a window without end.
  std::vector<std::string> lines() const {
    Emulator window(1000, 100, Reflow::kCut);
    window.Write(written);
    return window.Used();
  }
};

// Three arms of two epochs each.
inline StudyStart ThreeArms(int jobs = 1) {
  StudyStart study;
  study.jobs = jobs;
  study.epochs_left = {2, 2, 2};
  study.test_images = 10000;
  return study;
}

inline ArmStart FirstOfThree() { return {1, "batch, seed 1", 2, 0}; }

inline void BeginFirstOfThree(Progress& progress) {
  progress.OnStudyStart(ThreeArms());
  progress.OnArmStart(FirstOfThree());
}

inline EpochRecord Record(int epoch) {
  EpochRecord record;
  record.epoch = epoch;
  record.train_loss = 0.5;
  record.train_accuracy = 80;
  record.test_loss = 0.0163;
  record.test_accuracy = 99.54;
  record.test_correct = 9954;
  record.seconds = 2;
  return record;
}

}  // namespace normlab
