#include "train/penalties.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace normlab {

std::vector<std::uint8_t> PenalizedParameters(const std::vector<ParameterInfo>& infos,
                                              bool convolutions_only) {
  std::size_t size = 0;
  for (const ParameterInfo& info : infos) size = std::max(size, info.offset + info.size);
  std::vector<std::uint8_t> penalized(size, 0);
  for (const ParameterInfo& info : infos) {
    if (convolutions_only ? info.role != ParameterRole::kFilter : !info.decays) continue;
    std::fill_n(penalized.begin() + static_cast<std::ptrdiff_t>(info.offset), info.size, 1);
  }
  return penalized;
}

template <typename T>
void AddL1Gradient(double l1, const std::vector<std::uint8_t>& penalized,
                   std::span<const T> parameters, std::span<T> gradients) {
  assert(parameters.size() == penalized.size() && gradients.size() == penalized.size());
  const T strength = static_cast<T>(l1);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const int sign = (parameters[i] > 0) - (parameters[i] < 0);
    gradients[i] += strength * static_cast<T>(penalized[i] * sign);
  }
}

template <typename T>
double Penalty(double l1, const std::vector<std::uint8_t>& l1_penalized, double l2,
               const std::vector<double>& l2_multipliers, std::span<const T> parameters) {
  double absolutes = 0, squares = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const double value = parameters[i];
    absolutes += l1_penalized[i] * std::abs(value);
    squares += l2_multipliers[i] * value * value;
  }
  return l1 * absolutes + l2 / 2 * squares;
}

template double Penalty(double, const std::vector<std::uint8_t>&, double,
                        const std::vector<double>&, std::span<const float>);
template double Penalty(double, const std::vector<std::uint8_t>&, double,
                        const std::vector<double>&, std::span<const double>);
template void AddL1Gradient(double, const std::vector<std::uint8_t>&, std::span<const float>,
                            std::span<float>);
template void AddL1Gradient(double, const std::vector<std::uint8_t>&, std::span<const double>,
                            std::span<double>);

}  // namespace normlab
