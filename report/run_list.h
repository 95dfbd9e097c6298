// The run folders below a folder, one line each: what was trained there, how far it is, how it
// went.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "statistics/sample.h"

namespace normlab {

struct RunLine {
  std::string folder;
  std::string problem;  // why nothing could be read; then all that follows is empty
  std::string recipe, dataset, started;
  int arms = 0, finished = 0, diverged = 0;
  int first_epochs = 0, last_epochs = 0;  // that the arms have behind them: the fewest, the most
  int planned_epochs = 0;                 // 0: not known
  bool done = false;                      // the report was written
  std::string best_model;                 // of the highest mean final test accuracy
  SampleSummary best_accuracy;            // over its finished seeds, percent; n = 0: none finished
  std::vector<std::string> missing;       // RunRecord::missing
};

// Of `folder` itself where it holds a study.json, else of every folder in it but hidden ones;
// newest first, what has no date last. Throws DataError where `folder` is none or cannot be read; a
// folder in it that is no run folder, or a broken one, is a line that says so.
std::vector<RunLine> ListRuns(const std::string& folder);

// "finished", "unfinished: 3 of 9 trainings ended", "broken: ...".
std::string StateText(const RunLine& line);

std::string RunTable(const std::vector<RunLine>& lines);

// One document (docs/compare.md).
std::string RunsJson(const std::string& folder, const std::vector<RunLine>& lines);

}  // namespace normlab
