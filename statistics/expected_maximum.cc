#include "statistics/expected_maximum.h"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cassert>
#include <cmath>

namespace normlab {

// The integral of 1 - F^n over the positive numbers less that of F^n over the negative ones.
double ExpectedMaximum(int count) {
  assert(count >= 1);
  if (count == 1) return 0;
  const boost::math::normal standard;
  const auto all_below = [&](double x) { return std::pow(boost::math::cdf(standard, x), count); };
  constexpr double kFar = 12;  // deviations; F is 0 or 1 beyond
  using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
  const double above = Rule::integrate([&](double x) { return 1 - all_below(x); }, 0.0, kFar, 8);
  return above - Rule::integrate(all_below, -kFar, 0.0, 8);
}

}  // namespace normlab
