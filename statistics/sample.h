// One sample: its mean, its deviation, and where the true mean may lie.
#pragma once

#include <cstdint>
#include <span>

namespace normlab {

// Of a sample: deviation = sqrt(sum (x - mean)^2 / (n - 1)), 0 when n < 2.
struct SampleSummary {
  int n = 0;
  double mean = 0;
  double deviation = 0;
};
SampleSummary SummarizeSample(std::span<const double> values);

// Where the true value may lie.
struct ConfidenceInterval {
  double low = 0, high = 0;
  bool contains(double value) const { return low <= value && value <= high; }
};

inline constexpr double kConfidence = 0.95;

// mean -+ t(n - 1) deviation / sqrt(n), Student 1908. Requires n >= 2. Of a sample without
// deviation it is a point.
ConfidenceInterval MeanInterval(const SampleSummary& sample, double confidence = kConfidence);

// The percentile interval of the mean over 10,000 resamples (Efron 1979), drawn from `seed`.
// Requires n >= 10: with fewer values the resamples themselves are too few to trust.
inline constexpr int kFewestForBootstrap = 10;
ConfidenceInterval BootstrapInterval(std::span<const double> values, std::uint64_t seed,
                                     double confidence = kConfidence);

}  // namespace normlab
