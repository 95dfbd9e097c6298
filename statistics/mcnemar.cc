#include "statistics/mcnemar.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cassert>

namespace normlab {

McNemar TestDiscordant(int only_first, int only_second) {
  McNemar test{only_first, only_second, 1};
  const int discordant = only_first + only_second;
  if (discordant == 0) return test;
  const boost::math::binomial_distribution<> fair(discordant, 0.5);
  test.p = std::min(1.0, 2 * boost::math::cdf(fair, std::min(only_first, only_second)));
  return test;
}

McNemar TestSameImages(std::span<const bool> first, std::span<const bool> second) {
  assert(first.size() == second.size());
  int only_first = 0, only_second = 0;
  for (std::size_t i = 0; i < first.size(); ++i) {
    only_first += first[i] && !second[i];
    only_second += second[i] && !first[i];
  }
  return TestDiscordant(only_first, only_second);
}

}  // namespace normlab
