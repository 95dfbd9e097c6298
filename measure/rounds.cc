#include "measure/rounds.h"

#include <algorithm>
#include <cassert>

namespace normlab {

double Median(std::vector<double> values) {
  assert(!values.empty());
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Spread SpreadOf(const std::vector<double>& rounds) {
  const auto [least, most] = std::minmax_element(rounds.begin(), rounds.end());
  return {Median(rounds), *least, *most};
}

}  // namespace normlab
