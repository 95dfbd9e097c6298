// The columns of layers.csv that are numbers.
#pragma once

#include "report/records/run_folder.h"

namespace normlab {

struct LayerColumn {
  const char* name;
  double LayerRow::*field;
  bool may_be_empty;  // NaN then
};
inline constexpr LayerColumn kLayerColumns[] = {
    {"mean_before", &LayerRow::mean_before, false},
    {"deviation_before", &LayerRow::deviation_before, false},
    {"mean_after", &LayerRow::mean_after, false},
    {"deviation_after", &LayerRow::deviation_after, false},
    {"gradient_norm", &LayerRow::gradient_norm, false},
    {"weight_norm", &LayerRow::weight_norm, false},
    {"running_mean_distance", &LayerRow::running_mean_distance, true},
    {"running_variance_distance", &LayerRow::running_variance_distance, true},
};

}  // namespace normlab
