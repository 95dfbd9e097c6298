// From the tree of a line to the layers of a network, each with its name, what it reads and its
// shape.
#pragma once

#include <string>
#include <vector>

#include "model/line.h"

namespace normlab {

// In the order in which they are computed; the last one leaves what the network leaves. `names`:
// one for each layer, or none, for names by running counts. `options` as far as layers are checked
// against them. Throws UsageError naming the layer, its shape and what would do.
std::vector<Layer> PlaceLayers(const Branch& line, const std::vector<std::string>& names,
                               Shape images, const ModelOptions& options);

}  // namespace normlab
