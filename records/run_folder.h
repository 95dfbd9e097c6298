// A run folder as it lies on disk (docs/run-folder.md), read whole. Knows files, never layers.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "records/errors_table.h"
#include "records/study_index.h"
#include "records/training_tables.h"
#include "train/training_records.h"

namespace normlab {

struct ArmRecord : ArmEntry {
  std::vector<EpochRecord> metrics;  // epochs 1, 2, 3, ...
  std::vector<ErrorRow> errors;
  bool errors_missing = false;  // errors.csv was not there, or broken: the misses are not known
  std::vector<LayerStatistics> layers;  // empty where layers.csv was not asked for
  // Epochs ascend; empty where nothing but filters is learned, and of an earlier normlab's
  // training.
  std::vector<LearnedValue> learned;
  // Epochs 1, 2, 3, ..., in each the same kinds once; empty where they were not compared.
  std::vector<StatisticsScore> statistics;
  std::map<int, EpochSplit> splits;             // by epoch; lacks those that no clock.csv tells of
  std::map<std::string, std::string> settings;  // every key of the arm: {"l2", "0.001"}
  std::optional<TrainingConditions> conditions;
  std::optional<FinalEvaluation> last;
};

struct RunRecord : StudyFacts {
  std::string path;
  std::string recipe_text;  // recipe.toml as resolved
  std::vector<ArmRecord> arms;
  // One line for each file that a finished study has and this folder lacks, or that cannot be read:
  // reports say them and show the rest.
  std::vector<std::string> missing;
  std::string environment_json;  // empty where the file is missing
};

// Throws DataError of a tuning's folder, and where study.json is missing, broken or of another
// version, naming file and line. Any other file that is missing or broken is a line of `missing`,
// and what it would have held is left empty.
RunRecord ReadRunFolder(const std::string& path);

}  // namespace normlab
