// The gradient by central differences of the reference engine: what the backward formulas are
// checked against. For the loss L = sum(dy * y), dL/dv is (L(v + h) - L(v - h)) / (2 h).
#pragma once

#include <vector>

#include "explain/example_input.h"

namespace normlab {

struct NumericGradient {
  // Of the first values of each array, all of them where that costs little (the example has at most
  // kFullyCheckedValues values): the cost is one forward pass for each.
  std::vector<double> dx, dgamma, dbeta;
};

inline constexpr std::size_t kFullyCheckedValues = 1024;

// `deviation` per value of x: sqrt(var + eps) of its statistic, 1 where there is none. Steps are a
// fraction of it, since the function bends over that length.
NumericGradient DifferenceGradient(const ExampleInput& input, const std::vector<double>& deviation);

// max |a - b| / max(1, |a|, |b|) over the values that both have; 0 where there are none.
double LargestDifference(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace normlab
