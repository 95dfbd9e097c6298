// trials.csv of a tuning: a line for each trial of each arm.
#pragma once

#include <string>
#include <vector>

namespace normlab {

struct TrialRecord {
  std::string arm;  // as its recipe's arm is labelled
  int trial = 0;    // from 1
  int epochs = 0;   // that it trained
  // "finished", "dropped" after a rung, "diverged", "pending".
  std::string state;
  // After its last epoch, on held-out images; NaN before any.
  double validation_accuracy = 0, validation_loss = 0;
  std::vector<double> at_rungs;     // accuracy after the epoch of each rung; NaN where not reached
  std::vector<std::string> values;  // of the tuned keys
};

struct Trials {
  std::vector<int> rungs;  // epochs after which trials were compared, the last among them
  std::vector<std::string> keys;
  std::vector<TrialRecord> rows;
};

std::string TrialsText(const Trials& trials);
// Throws DataError naming file, line and column.
Trials ReadTrials(const std::string& path);

// The best trial of an arm: the highest accuracy of those that trained longest, of equals the
// lowest loss; null where none has trained.
const TrialRecord* BestTrial(const Trials& trials, const std::string& arm);

}  // namespace normlab
