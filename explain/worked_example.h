// A worked example: every number that a normalization computes on a small tensor, forward and
// backward, by the reference engine in double. Computed once; the writers beside this file show it.
#pragma once

#include <string>
#include <vector>

#include "explain/example_input.h"
#include "explain/numeric_gradient.h"

namespace normlab {

struct WorkedExample {
  ExampleInput input;

  StatisticShape statistic_shape;    // all 0 where the method has no statistics
  std::vector<int> statistic_of;     // of each value of x; empty without statistics
  std::size_t values_per_statistic;  // |S|; 0 without statistics

  // Per statistic. Of x: the mean (0 where the method subtracts none), the biased variance (the
  // mean square where none is subtracted), and the unbiased one, over |S| - 1 (empty where nothing
  // is subtracted or |S| is 1).
  std::vector<double> mean_of_x, var_of_x, unbiased_var_of_x;
  // Those that normalize: of x, or the running ones (ExampleInput::uses_running).
  std::vector<double> mean, var;
  std::vector<double> deviation;  // sqrt(var + eps)

  std::vector<double> normalized, y;              // as x
  std::vector<double> running_mean, running_var;  // after one update; in evaluation as they were
  std::vector<double> dx, dgamma, dbeta;          // of sum(dy * y)
  NumericGradient numeric;

  std::size_t statistics() const { return mean.size(); }
};

// Throws UsageError for what CheckStatistics refuses, and where the values are so large, or eps and
// a variance so small, that a result is not finite.
WorkedExample Work(const ExampleInput& input);

// GradientDifference over dx, dgamma and dbeta.
double NumericDifference(const WorkedExample& example);

// "A" .. "Z", "AA", "AB", ...
std::string StatisticLetter(std::size_t statistic);

// Which values one statistic holds: "image 0, channels 0 to 1, all pixels".
std::string StatisticCells(const WorkedExample& example, std::size_t statistic);

// Values of x, row-major, that enter the statistic.
std::vector<double> StatisticValues(const WorkedExample& example, std::size_t statistic);

// The element of gamma and beta that belongs to value `e` of x.
std::size_t AffineIndex(const ExampleInput& input, std::size_t e);

}  // namespace normlab
