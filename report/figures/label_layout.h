// Labels beside the ends of lines, moved apart where they would lie on each other.
#pragma once

#include <vector>

namespace normlab {

// Places for labels that want to be at `wanted`, in any order, each at least `gap` from the next
// and all within [low, high]: the least sum of squared moves without the bounds (isotonic
// regression), then pushed inside. Where n labels need more room than there is, they share it
// evenly.
std::vector<double> SpreadLabels(const std::vector<double>& wanted, double gap, double low,
                                 double high);

}  // namespace normlab
