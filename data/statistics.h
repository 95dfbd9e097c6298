// Mean and deviation of the pixels, as networks are fed with.
#pragma once

#include <string>

#include "data/dataset.h"

namespace normlab {

// Counts the 256 values exactly, then two passes over the counts in double, so the result depends
// neither on the order of the images nor on rounding along the way. Requires at least one image.
ChannelStatistics ComputeStatistics(const Split& split, const Shape& shape);

std::string ChannelName(const Shape& shape, std::size_t channel);  // "grey", "red", "channel 4"

// Which channels have one value in all pixels of all training images, and what would do: their
// deviation is 0, and pixels cannot be divided by it. Empty where every channel varies, however
// little: with one pixel of n that differs its largest value is the root of n.
std::string ConstantChannels(const Dataset& dataset);

// Throws DataError with ConstantChannels. Before a network is trained.
void CheckChannelsVary(const Dataset& dataset);

}  // namespace normlab
