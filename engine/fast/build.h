// MakeFastNetwork's network by its own class, for what looks inside it (measure/).
#pragma once

#include <memory>

#include "engine/fast/fast_network.h"
#include "engine/make_network.h"

namespace normlab {

std::unique_ptr<FastNetwork> BuildFastNetwork(const Architecture& architecture, int max_batch,
                                              const FastOptions& options);

}  // namespace normlab
