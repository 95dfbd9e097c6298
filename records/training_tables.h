// metrics.csv, steps.csv, layers.csv and clock.csv of a training. Reading throws DataError naming
// file, line and column.
#pragma once

#include <compare>
#include <string>
#include <vector>

#include "records/column.h"
#include "train/training_records.h"

namespace normlab {

// How the cores were shared while an epoch's seconds were taken. Times can be compared where all of
// it is equal.
struct EpochSplit {
  int threads = 1;    // of the training
  int trainings = 0;  // side by side, this one among them; 0 where it changed during the epoch
  std::string simd, processor;
  friend auto operator<=>(const EpochSplit&, const EpochSplit&) = default;
};

// One line of clock.csv.
struct ClockRecord : EpochSplit {
  int epoch = 0;
};

// Which columns of metrics.csv are there.
struct MetricsParts {
  bool validation = false;  // images are held out
  bool test = true;         // the test set is evaluated
  bool views = false;       // several views of its images are, too
};

RecordTable<EpochRecord> MetricsTable(MetricsParts parts);
const RecordTable<StepRecord>& StepsTable();
const RecordTable<LayerStatistics>& LayersTable();
const RecordTable<ClockRecord>& ClockTable();

// Epochs 1, 2, 3, ...; of a folder of before penalties were written they are NaN.
std::vector<EpochRecord> ReadMetrics(const std::string& path);
// Of each epoch 1, 2, 3, ... some lines.
std::vector<LayerStatistics> ReadLayers(const std::string& path);
std::vector<ClockRecord> ReadClock(const std::string& path);

// What a training left that goes on: the same, and the columns are all of this normlab's.
std::vector<EpochRecord> ReadOwnMetrics(const std::string& path, MetricsParts parts);
std::vector<StepRecord> ReadOwnSteps(const std::string& path);
std::vector<LayerStatistics> ReadOwnLayers(const std::string& path);

}  // namespace normlab
