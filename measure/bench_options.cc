#include "measure/bench_options.h"

#include <fmt/format.h>

#include "base/error.h"
#include "data/dataset.h"

namespace normlab {

Architecture BenchArchitecture(const BenchOptions& options) {
  if (!(options.dropout >= 0 && options.dropout < 1)) {
    throw UsageError(
        fmt::format("--dropout {}: expected a probability from 0 to below 1", options.dropout));
  }
  ModelOptions model;
  model.norm = options.norm;
  model.norm_by_equation = options.by_equation;
  model.weights = options.weights;
  model.ghost = options.ghost;
  model.dropout = options.dropout;
  if (const ModelPreset* preset = FindModelPreset(options.model)) {
    model.groups = preset->groups;
    model.order = ParseOrder(preset->order);
  }
  const DatasetInfo& data = FindDatasetInfo(options.dataset);
  const Architecture architecture =
      ParseArchitecture(options.model, data.shape, data.classes, model);
  CheckBatchStatistics(architecture, options.batch);
  return architecture;
}

}  // namespace normlab
