// What can be counted of one split: its pixels by every convention of the deviation in use, and its
// classes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "data/dataset.h"

namespace normlab {

// Of one channel of all images, pixels divided by 255. Sums are whole numbers and exact; a value
// is rounded once, at its end. A deviation over N-1 of a single value is NaN.
struct ChannelSummary {
  double mean = 0;
  double deviation = 0;           // of all pixels, over N: ChannelStatistics' and normlab's
  double unbiased_deviation = 0;  // of all pixels, over N-1: torch.std of them all
  // The mean of the images' own deviations: what CIFAR-10's folklore 0.2023, 0.1994, 0.2010 is. It
  // leaves out how images differ from each other.
  double image_deviation = 0;           // each over n
  double unbiased_image_deviation = 0;  // each over n-1, as torch.std computes it
  double zero_share = 0;                // pixels that are 0
  int minimum = 0, maximum = 0;         // 0 to 255
};

struct SplitStatistics {
  std::vector<ChannelSummary> channels;
  std::vector<std::size_t> class_counts;  // images of every class
};

// Requires at least one image.
SplitStatistics ComputeSplitStatistics(const Split& split, const Shape& shape, int classes);

}  // namespace normlab
