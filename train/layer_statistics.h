// What a training batch looks like inside the network: a row for each unit, before and after its
// normalization.
#pragma once

#include <string>
#include <vector>

#include "engine/network.h"
#include "model/architecture.h"

namespace normlab {

// Means and deviations are over all images, channels and pixels of the batch.
struct LayerStatistics {
  std::string layer;
  int application = 1;                           // 1, 2, ... where the unit is repeated
  double mean_before = 0, deviation_before = 0;  // of what the normalization reads
  double mean_after = 0, deviation_after = 0;    // of what it gives; without one, the same
  // Euclidean norms over the convolution's weights: of the gradient that the network holds, summed
  // over all applications, and of the weights.
  double gradient_norm = 0, weight_norm = 0;
  // How far the batch's statistics b are from the running ones r, as the root of the mean over the
  // channels; NaN where no running statistics are kept:
  //   mean:      (mean_b - mean_r)^2 / (var_r + eps)
  //   variance:  ln^2((var_b + eps) / (var_r + eps)), both unbiased, as the running one is
  double running_mean_distance = 0, running_variance_distance = 0;
};

// Of the network's last training pass; in the order of the forward pass. The running statistics are
// those after that pass.
template <typename T>
std::vector<LayerStatistics> MeasureLayers(const Architecture& architecture, Network<T>& network);

}  // namespace normlab
