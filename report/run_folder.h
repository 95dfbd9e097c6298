// A run folder as it lies on disk (design: section 3): what `report` reads and `study` writes.
// Knows files, never layers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace normlab {

struct MetricsRow {
  int epoch = 0;
  double train_loss = 0, train_accuracy = 0, test_loss = 0, test_accuracy = 0;
  double learning_rate = 0, seconds = 0, images_per_second = 0;
  double validation_loss = 0, validation_accuracy = 0;  // 0 columns when none is held out
};

// One line of errors.csv: a test image that the last epoch misses.
struct ErrorRow {
  int index = 0;       // in the test split
  int truth = 0;       // class
  int prediction = 0;  // class
  double truth_probability = 0, prediction_probability = 0;
  double loss = 0;
};

struct ArmRecord {
  std::string folder;  // name within the run: "batch-seed1"
  std::string label;   // what a figure says: "batch", or "batch, l2 = 0.001"
  std::string norm;
  std::uint64_t seed = 0;
  std::string state;    // "finished" | "diverged" | "interrupted" | "pending"
  std::string message;  // where it diverged
  int best_epoch = 0;
  double seconds = 0;               // of the whole training
  std::vector<MetricsRow> metrics;  // epochs 1, 2, 3, ...
  std::vector<ErrorRow> errors;
};

struct RunRecord {
  std::string path;
  std::string recipe;       // its name
  std::string recipe_text;  // recipe.toml as resolved
  std::string dataset;      // "fashion-mnist"
  bool best_on_validation =
      false;  // else the best epoch was picked on the test set: the seed's habit
  std::vector<std::string> class_names;
  std::vector<ArmRecord> arms;
  std::string environment_json;
  std::string started, finished;  // as written, empty when unknown
};

// Throws DataError naming the file and line that does not fit.
RunRecord ReadRunFolder(const std::string& path);

}  // namespace normlab
