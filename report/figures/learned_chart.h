// What a model's layers learned over the epochs, a panel a value and a line a layer.
#pragma once

#include <string>
#include <vector>

#include "report/figures/chart.h"
#include "report/summary/learned_quantities.h"

namespace normlab {

// So many values have a panel each in one figure.
inline constexpr std::size_t kMostLearnedPanels = 6;

// The mean over a value's elements, of the model's seeds. Of many layers kMostLines, evenly spread.
// Requires 1 to kMostLearnedPanels quantities.
Chart LearnedChart(const Model& model, const std::vector<LearnedQuantity>& quantities,
                   const std::string& name, const std::string& subject);

}  // namespace normlab
