// A network's layers at a glance, as a write-up shows them.
#pragma once

#include <string>

#include "summary/summary.h"

namespace normlab {

// Markdown: layer, operation, output, weights, the normalization's parameters, multiply-adds,
// receptive field; a layer that is applied several times is one row. Below it the totals.
std::string LayerTable(const Summary& summary);

}  // namespace normlab
