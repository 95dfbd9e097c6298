// What a normalization does to the scale of a network, layer by layer: layers.csv at the last
// epoch.
#pragma once

#include <string>
#include <vector>

#include "report/figures/chart.h"
#include "report/figures/curves.h"

namespace normlab {

// Two panels over the layers, a line a model: the deviation of what each unit gives, and the norm
// of its weights' gradient; mean over seeds, the band from lowest to highest. Layers stand in the
// order of the first model that has them. No panels where no arm has layers.
Chart LayerChart(const std::vector<StyledModel>& models, const std::string& name,
                 const std::string& title);

}  // namespace normlab
