// predictions.safetensors of an arm, and what it misses.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "records/errors_table.h"

namespace normlab {

// Every test image whose largest log-probability is not the label's, by index. `predictions` is
// [image][class].
std::vector<ErrorRow> Misses(const Dataset& dataset, const std::vector<float>& predictions);

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
