// What in a summary looks like a mistake, or should be known before numbers are compared.
#pragma once

#include <vector>

#include "summary/summary.h"

namespace normlab {

// Statistics over fewer values than this are warned of.
inline constexpr std::size_t kFewValues = 16;

// Before the last average, a receptive field this many times smaller or larger than the image is
// warned of.
inline constexpr int kFarFromImage = 2;

// Everything but `warnings` is set.
std::vector<SummaryWarning> WarningsOf(const Summary& summary);

}  // namespace normlab
