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

// `steps` per value of x: InputStep of its statistic.
NumericGradient DifferenceGradient(const ExampleInput& input, const std::vector<double>& steps);

// The step for values of a statistic with this deviation, sqrt(var + eps), over which the function
// bends, and with values as large as this, which decide how it rounds: a power of two, so that most
// values and their step add without rounding.
double InputStep(double deviation, double largest_value);

// max |a - b| / max(1, |a|, |b|) over the values that both have; 0 where there are none.
double LargestDifference(const std::vector<double>& a, const std::vector<double>& b);

// The same of a gradient and its differences, but divided by max(1, the gradient's largest value):
// where a deviation is small, gradients of one statistic are differences of large numbers, and
// rounding is in proportion to those.
double GradientDifference(const std::vector<double>& gradient,
                          const std::vector<double>& differences);

}  // namespace normlab
