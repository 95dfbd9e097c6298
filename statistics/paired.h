// Two samples that were taken in pairs: the same seeds under two methods.
#pragma once

#include <span>

#include "statistics/sample.h"

namespace normlab {

// With fewer pairs nothing is tested: two equal differences are no rare accident among values that
// are counts of images.
inline constexpr int kFewestForTest = 3;

struct PairedTest {
  SampleSummary difference;     // of a[i] - b[i]
  ConfidenceInterval interval;  // of its mean, MeanInterval
  double p = 1;                 // two-sided, of a mean of zero; Student's t
};

// `resolution` is the step between values that can be told apart (100 / images for an accuracy in
// percent): the deviation is taken to be at least what rounding two values to that step makes,
// resolution / sqrt(6), so that differences which agree by chance do not pass for certainty.
double JudgedDeviation(const SampleSummary& difference, double resolution);

// Requires n >= kFewestForTest pairs.
PairedTest TestPairs(std::span<const double> a, std::span<const double> b, double resolution);

// Two one-sided tests (Schuirmann 1987) that the mean difference lies within -+ margin: the larger
// of their p-values. Small p: "no difference larger than the margin". Requires margin > 0.
double EquivalenceP(const SampleSummary& difference, double margin, double resolution);

// How many pairs a two-sided paired t test at `alpha` would need to find a true difference of
// `mean` with deviation `deviation` with probability `power`. At most kMostPairs + 1, which stands
// for "more"; so does a mean of zero. Requires deviation > 0.
inline constexpr int kMostPairs = 100000;
int PairsToResolve(double mean, double deviation, double alpha = 0.05, double power = 0.8);

// The probability that such a test finds the difference with n pairs (noncentral t).
double PowerOfPairs(int n, double mean, double deviation, double alpha = 0.05);

}  // namespace normlab
