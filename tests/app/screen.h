// A terminal in memory, and a study of three arms to be shown on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/progress.h"

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

  // What a person sees: \r goes back to the start of the line, ESC[nA up n lines, ESC[J blanks from
  // there; what follows covers what stood there.
  std::vector<std::string> lines() const {
    std::vector<std::string> lines(1);
    std::size_t row = 0, column = 0;
    for (std::size_t i = 0; i < written.size(); ++i) {
      const char c = written[i];
      if (c == '\r') {
        column = 0;
      } else if (c == '\n') {
        column = 0;
        if (++row == lines.size()) lines.emplace_back();
      } else if (c == '\x1b') {
        const std::size_t end = written.find_first_of("AJ", i);
        if (written[end] == 'J') {
          lines.resize(row + 1);
          lines[row].resize(column);
        } else {
          row -= std::stoul(written.substr(i + 2));
        }
        i = end;
      } else {
        if (column < lines[row].size()) lines[row][column] = c;
        if (column == lines[row].size()) lines[row] += c;
        ++column;
      }
    }
    return lines;
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
