// Mean and deviation of the pixels, as networks are fed with.
#pragma once

#include "data/dataset.h"

namespace normlab {

// Counts the 256 values exactly, then two passes over the counts in double, so the result depends
// neither on the order of the images nor on rounding along the way. Requires at least one image.
ChannelStatistics ComputeStatistics(const Split& split, const Shape& shape);

}  // namespace normlab
