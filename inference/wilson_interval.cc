#include "inference/wilson_interval.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace normlab {

ConfidenceInterval WilsonInterval(int correct, int count) {
  assert(count > 0 && correct >= 0 && correct <= count);
  constexpr double z = 1.959963984540054;  // the normal distribution's 97.5 % quantile
  const double n = count, share = correct / n;
  const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half =
      z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // At the ends the formula gives 0 and 1 but for rounding.
  return {correct == 0 ? 0 : std::max(0.0, centre - half),
          correct == count ? 1 : std::min(1.0, centre + half)};
}

}  // namespace normlab
