// The texts and tensors of an arm's folder, as pure functions of what training told.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "train/layer_statistics.h"
#include "train/safetensors.h"
#include "train/trainer.h"

namespace normlab {

// Pieces of text under ascending numbers: the lines of metrics.csv by epoch, of steps.csv by step,
// the paragraphs of log.txt by epoch. What a kill left of a later epoch than the state's is
// dropped.
using NumberedText = std::map<std::int64_t, std::string>;

std::string MetricsHeader(bool has_validation);
std::string MetricsLine(const EpochRecord& record, bool has_validation);
std::string StepsHeader();
std::string StepsLine(const StepRecord& step);

// layers.csv: of each epoch a line for every unit (train/layer_statistics.h).
std::string LayersHeader();
std::string LayersLines(int epoch, const std::vector<LayerStatistics>& layers);

// statistics.csv: of each epoch a line for every kind (train/statistics_comparison.h); a loss that
// is not finite is left empty.
std::string StatisticsHeader();
std::string StatisticsLines(const EpochRecord& record);

// The header, then the pieces in order.
std::string JoinPieces(const std::string& header, const NumberedText& pieces);

// The inverse for a table whose lines begin with their number: one line of each, or several that
// follow each other. Throws DataError naming the line.
enum class LinesOfANumber { kOne, kSeveral };
NumberedText SplitTable(const std::string& path, const std::string& text, const std::string& header,
                        LinesOfANumber lines = LinesOfANumber::kOne);

// The inverse for paragraphs that begin with "Epoch N:".
NumberedText SplitLog(const std::string& path, const std::string& text);

// Every test image whose largest log-probability is not the label's; rows by index.
// `predictions` is [image][class].
std::string ErrorsCsv(const Dataset& dataset, const std::vector<float>& predictions);

// Tensors `last` and `best` [N, classes] F32, `labels` [N] U8; metadata best_epoch, last_epoch.
struct Predictions {
  std::vector<float> last, best;
  int last_epoch = 0, best_epoch = 0;
};
void WritePredictions(const std::string& path, const Dataset& dataset,
                      const Predictions& predictions);
// Throws DataError when the file is not one for this data set.
Predictions ReadPredictions(const std::string& path, const Dataset& dataset);

}  // namespace normlab
