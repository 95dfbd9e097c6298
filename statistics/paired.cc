#include "statistics/paired.h"

#include <algorithm>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <vector>

namespace normlab {
namespace {

double StandardError(const SampleSummary& difference, double resolution) {
  return JudgedDeviation(difference, resolution) / std::sqrt(difference.n);
}

// P(T > t) of Student's t with n - 1 degrees of freedom.
double UpperTail(double t, int n) {
  return boost::math::cdf(boost::math::complement(boost::math::students_t(n - 1), t));
}

}  // namespace

double JudgedDeviation(const SampleSummary& difference, double resolution) {
  return std::max(difference.deviation, resolution / std::sqrt(6.0));
}

PairedTest TestPairs(std::span<const double> a, std::span<const double> b, double resolution) {
  assert(a.size() == b.size() && a.size() >= kFewestForTest && resolution >= 0);
  std::vector<double> differences(a.size());
  std::ranges::transform(a, b, differences.begin(), std::minus<>());
  PairedTest test;
  test.difference = SummarizeSample(differences);
  test.interval = MeanInterval(test.difference);
  const double error = StandardError(test.difference, resolution);
  if (error > 0) {
    test.p = 2 * UpperTail(std::abs(test.difference.mean) / error, test.difference.n);
  } else {
    test.p = test.difference.mean == 0 ? 1 : 0;
  }
  return test;
}

double EquivalenceP(const SampleSummary& difference, double margin, double resolution) {
  assert(margin > 0 && difference.n >= kFewestForTest);
  const double error = StandardError(difference, resolution);
  const double nearest = margin - std::abs(difference.mean);  // to the bound that is closer
  if (error == 0) return nearest > 0 ? 0 : 1;
  return UpperTail(nearest / error, difference.n);
}

double PowerOfPairs(int n, double mean, double deviation, double alpha) {
  assert(n >= 2 && deviation > 0);
  const double critical = boost::math::quantile(boost::math::students_t(n - 1), 1 - alpha / 2);
  const double shift = std::abs(mean) / deviation * std::sqrt(n);
  if (shift == 0) return alpha;
  // Beyond, the probability is 1 to the last digit, and Boost's series does not reach so far.
  if (shift > 1000) return 1;
  const boost::math::non_central_t alternative(n - 1, shift);
  return boost::math::cdf(boost::math::complement(alternative, critical)) +
         boost::math::cdf(alternative, -critical);
}

int PairsToResolve(double mean, double deviation, double alpha, double power) {
  assert(deviation > 0);
  if (mean == 0) return kMostPairs + 1;
  const auto enough = [&](int n) { return PowerOfPairs(n, mean, deviation, alpha) >= power; };
  // The power rises with n and each look at it is dear: begin where the normal approximation ends.
  const boost::math::normal normal;
  const double z =
      boost::math::quantile(normal, 1 - alpha / 2) + boost::math::quantile(normal, power);
  const double near = std::pow(z * deviation / mean, 2);
  int low = static_cast<int>(std::clamp<double>(near, kFewestForTest - 1, kMostPairs)), high = low;
  while (!enough(high)) {
    if (high == kMostPairs) return kMostPairs + 1;
    low = high;
    high = std::min(kMostPairs, high + high / 8 + 2);
  }
  while (low >= kFewestForTest && low == high) {
    low = std::max(kFewestForTest - 1, low - low / 8 - 2);
    if (enough(low)) high = low;
  }
  if (low == high) return kFewestForTest;  // enough with fewer than are ever tested
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (enough(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace normlab
