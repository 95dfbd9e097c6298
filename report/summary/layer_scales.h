// layers.csv of a model's trainings, taken together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

// One unit, the mean over the seeds.
struct LayerScale {
  std::string name;              // "C4", "C4 (use 2)"
  bool normalized = false;       // whether its values differ before and after
  double before = 0, after = 0;  // standard deviations
  double gradient_norm = 0;
  double running_mean_distance = 0, running_variance_distance = 0;  // NaN where not recorded
};

struct EpochScales {
  int epoch = 0;
  std::vector<LayerScale> layers;
};

struct ModelScales {
  std::string label, norm;
  std::vector<std::uint64_t> seeds;
  bool diverged = false;    // none of its trainings finished
  EpochScales first, last;  // the same epoch where only one is recorded
};

// Of the models with records. Rows with values that are not finite are left out.
std::vector<ModelScales> CollectLayerScales(const RunRecord& run);

}  // namespace normlab
