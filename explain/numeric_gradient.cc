#include "explain/numeric_gradient.h"

#include <algorithm>
#include <cmath>

#include "explain/reference_run.h"

namespace normlab {
namespace {

// Truncation grows with the square of the step, rounding with its inverse: the cube root of the
// rounding unit balances them.
constexpr double kUnit = 1.1e-16, kStep = 0x1p-18;

// Forward values that all central differences of one array may compute together.
constexpr std::size_t kBudget = std::size_t{1} << 21;

std::size_t CheckedCount(std::size_t cells, std::size_t array) {
  if (cells <= kFullyCheckedValues) return array;
  return std::min(array, std::max<std::size_t>(1, kBudget / cells));
}

// The differences are summed, rather than the losses, which would cancel.
double Derivative(ReferenceRun& run, double& value, double step, const std::vector<double>& dy) {
  const double kept = value, above = kept + step, below = kept - step;
  value = above;
  const std::vector<double> y_above = run.Forward();
  value = below;
  const std::vector<double> y_below = run.Forward();
  value = kept;
  double sum = 0;
  for (std::size_t e = 0; e < dy.size(); ++e) sum += dy[e] * (y_above[e] - y_below[e]);
  return sum / (above - below);
}

double ParameterStep(double value) {
  return kStep * std::exp2(std::ilogb(std::max(1.0, std::abs(value))));
}

}  // namespace

double InputStep(double deviation, double largest_value) {
  const double step = deviation * std::cbrt(kUnit * std::max(1.0, largest_value / deviation));
  return std::exp2(std::round(std::log2(step)));
}

NumericGradient DifferenceGradient(const ExampleInput& input, const std::vector<double>& steps) {
  ReferenceRun run(input);
  NumericGradient gradient;
  const std::size_t cells = input.x.size();
  for (std::size_t e = 0; e < CheckedCount(cells, cells); ++e) {
    gradient.dx.push_back(Derivative(run, run.x[e], steps[e], input.dy));
  }
  for (std::size_t p = 0; p < CheckedCount(cells, input.gamma.size()); ++p) {
    const double step = ParameterStep(input.gamma[p]);
    gradient.dgamma.push_back(Derivative(run, run.gamma[p], step, input.dy));
  }
  for (std::size_t p = 0; p < CheckedCount(cells, input.beta.size()); ++p) {
    const double step = ParameterStep(input.beta[p]);
    gradient.dbeta.push_back(Derivative(run, run.beta[p], step, input.dy));
  }
  return gradient;
}

double LargestDifference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const double scale = std::max({1.0, std::abs(a[i]), std::abs(b[i])});
    largest = std::max(largest, std::abs(a[i] - b[i]) / scale);
  }
  return largest;
}

double GradientDifference(const std::vector<double>& gradient,
                          const std::vector<double>& differences) {
  double largest = 0, scale = 1;
  for (std::size_t i = 0; i < std::min(gradient.size(), differences.size()); ++i) {
    largest = std::max(largest, std::abs(gradient[i] - differences[i]));
    scale = std::max(scale, std::abs(gradient[i]));
  }
  return largest / scale;
}

}  // namespace normlab
