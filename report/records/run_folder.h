// A run folder as it lies on disk (design: section 3): what `report` reads and `study` writes.
// Knows files, never layers.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "norm/statistics_kind.h"

namespace normlab {

struct MetricsRow {
  int epoch = 0;
  double train_loss = 0, train_accuracy = 0, test_loss = 0, test_accuracy = 0;
  double penalty = 0;  // of L1 and L2 at the epoch's end; NaN in folders of before it was written
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

// One line of layers.csv: a unit's values at the last training batch of an epoch. A unit without
// a normalization has the same values before and after.
struct LayerRow {
  int epoch = 0;
  std::string layer;
  int application = 1;                           // 1, 2, ... where a unit is repeated
  double mean_before = 0, deviation_before = 0;  // of all values that its normalization reads
  double mean_after = 0, deviation_after = 0;    // of all values that it gives
  double gradient_norm = 0, weight_norm = 0;     // of the convolution's weights, Euclidean
  // Batch normalization only, else NaN: docs/run-folder.md has the formulas.
  double running_mean_distance = 0, running_variance_distance = 0;
};

// One line of statistics.csv: the weights that an epoch leaves, evaluated on the test set with one
// kind of statistics.
struct StatisticsRow {
  int epoch = 0;
  StatisticsKind kind = StatisticsKind::kShared;
  double test_loss = 0;  // NaN where it was not finite
  double test_accuracy = 0;
};

// One line of clock.csv without its epoch: how the cores were shared while an epoch's seconds were
// taken. Times can be compared where all of it is equal.
struct EpochSplit {
  int threads = 1;    // of the training
  int trainings = 0;  // side by side, this one among them; 0 where it changed during the epoch
  std::string simd, processor;
  friend auto operator<=>(const EpochSplit&, const EpochSplit&) = default;
};

// What must be equal between the arms of one seed for their difference to be the method's.
struct Conditions {
  std::uint64_t parameters = 0;
  int batch_size = 0;
  std::int64_t steps = 0;  // planned
  // SHA-256, 64 hexadecimal digits each: the convolutions' initial weights; the order of the
  // training images in every epoch; the first 128 images of that order as the network is given
  // them.
  std::string initial_weights, data_order, first_images;
};

// The trained network after its last epoch, beside what metrics.csv says of it.
struct LastEvaluation {
  int clean_train_images = 0;  // training images in evaluation mode, without augmentation
  double clean_train_loss = 0, clean_train_accuracy = 0;
  // The test set normalized with each batch's own statistics; only where running ones are kept.
  std::optional<double> batch_statistics_test_loss, batch_statistics_test_accuracy;
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
  bool errors_missing = false;   // errors.csv was not there, or broken: the misses are not known
  std::vector<LayerRow> layers;  // empty where layers.csv was not asked for
  // Epochs 1, 2, 3, ..., in each the same kinds once; empty where they were not compared.
  std::vector<StatisticsRow> statistics;
  std::map<int, EpochSplit> splits;             // by epoch; lacks those that no clock.csv tells of
  std::map<std::string, std::string> settings;  // every key of the arm: {"l2", "0.001"}
  std::optional<Conditions> conditions;
  std::optional<LastEvaluation> last;
};

// What the recipe wants to be met: [limits].
struct Limits {
  std::optional<std::uint64_t> parameters;  // at most
  std::optional<int> epochs;                // at most
  std::optional<double> accuracy;           // test accuracy in percent, at least
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
  Limits limits;
  // One line for each file that a finished study has and this folder lacks, or that cannot be read:
  // reports say them and show the rest.
  std::vector<std::string> missing;
  std::string environment_json;   // empty where the file is missing
  std::string started, finished;  // as written, empty when unknown
};

// Throws DataError where study.json is missing, broken or of another version, naming file and line.
// Any other file that is missing or broken is a line of `missing`, and what it would have held is
// left empty.
RunRecord ReadRunFolder(const std::string& path);

}  // namespace normlab
