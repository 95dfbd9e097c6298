// Several tests at once: the chance that any of them finds what is not there stays at alpha.
#pragma once

#include <span>
#include <vector>

namespace normlab {

// Holm's adjusted p-values (1979), in the order given: reject where they are at most alpha.
std::vector<double> HolmAdjusted(std::span<const double> p);

}  // namespace normlab
