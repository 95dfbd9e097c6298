// Single networks of one seed, compared on the test images: says nothing of the methods.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/summary/finished_models.h"

namespace normlab {

// Every pair whose misses are recorded, as the family "pairs of networks" (McNemar, exact).
// Requires that all models have finished `seed`.
std::vector<std::string> NetworkFindings(const std::vector<FinishedModel>& models,
                                         std::uint64_t seed);

}  // namespace normlab
