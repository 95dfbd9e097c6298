#include "statistics/sample.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <vector>

#include "base/philox.h"

namespace normlab {
namespace {

constexpr int kResamples = 10000;

// Linear between the two nearest order statistics, as NumPy's default.
double Quantile(const std::vector<double>& sorted, double probability) {
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

SampleSummary SummarizeSample(std::span<const double> values) {
  SampleSummary sample{static_cast<int>(values.size()), 0, 0};
  if (values.empty()) return sample;
  for (const double value : values) sample.mean += value;
  sample.mean /= sample.n;
  if (sample.n == 1) return sample;
  double squares = 0;
  for (const double value : values) squares += (value - sample.mean) * (value - sample.mean);
  sample.deviation = std::sqrt(squares / (sample.n - 1));
  return sample;
}

ConfidenceInterval MeanInterval(const SampleSummary& sample, double confidence) {
  assert(sample.n >= 2);
  const boost::math::students_t student(sample.n - 1);
  const double half =
      boost::math::quantile(student, 0.5 + confidence / 2) * sample.deviation / std::sqrt(sample.n);
  return {sample.mean - half, sample.mean + half};
}

ConfidenceInterval BootstrapInterval(std::span<const double> values, std::uint64_t seed,
                                     double confidence) {
  assert(values.size() >= kFewestForBootstrap);
  RandomStream stream(seed, Purpose::kBootstrap, 0, 0);
  std::vector<double> means(kResamples);
  for (double& mean : means) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum += values[stream.Below(static_cast<std::uint32_t>(values.size()))];
    }
    mean = sum / static_cast<double>(values.size());
  }
  std::ranges::sort(means);
  return {Quantile(means, 0.5 - confidence / 2), Quantile(means, 0.5 + confidence / 2)};
}

}  // namespace normlab
