// What a training batch looks like inside the network: a row for each unit, before and after its
// normalization.
#pragma once

#include <vector>

#include "engine/network.h"
#include "model/architecture.h"
#include "train/training_records.h"

namespace normlab {

// Of the network's last training pass, its epoch not set; in the order of the forward pass. The
// running statistics are those after that pass.
template <typename T>
std::vector<LayerStatistics> MeasureLayers(const Architecture& architecture, Network<T>& network);

}  // namespace normlab
