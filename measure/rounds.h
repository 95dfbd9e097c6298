// The same quantity measured again and again, and what is said of it.
#pragma once

#include <vector>

namespace normlab {

struct Spread {
  double median = 0, least = 0, most = 0;
};

double Median(std::vector<double> values);  // of an even number: the mean of the two in the middle
Spread SpreadOf(const std::vector<double>& rounds);  // not empty

}  // namespace normlab
