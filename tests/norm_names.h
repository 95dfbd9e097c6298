// The registry of normalizations as a test's parameter.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "norm/equation_operation.h"
#include "norm/norm.h"

namespace normlab {

// GoogleTest's names are identifiers.
inline std::string TestName(std::string_view norm) {
  std::string name(norm);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// All of the registry but none, of which there is nothing to say.
inline std::vector<NormMethod> MethodsWithStatistics() {
  std::vector<NormMethod> methods;
  for (const NormMethod& method : NormMethods()) {
    if (method.has_statistics) methods.push_back(method);
  }
  return methods;
}

// Whether it stands on a map of one pixel, which a variance over pixels is refused on.
inline bool StandsOnOnePixel(const NormMethod& method) {
  const Attributes attributes = {{"groups", 4}, {"ghost", 0}, {"eps", 1e-5}, {"momentum", 0.1}};
  return EquationObjection(*method.equation, attributes, {16, 1, 1}, 64).empty();
}

// Whether its equation learns a value of this name.
inline bool Learns(const NormMethod& method, std::string_view name) {
  return std::ranges::any_of(
      method.equation->equation.learned,
      [&](const equation::Learned& learned) { return learned.name == name; });
}

// The family of moments, and none: those of which all is known from their row of axes.
inline std::vector<NormMethod> MomentsMethods() {
  std::vector<NormMethod> methods;
  for (const NormMethod& method : NormMethods()) {
    if (method.has_statistics || !method.normalizes()) methods.push_back(method);
  }
  return methods;
}

}  // namespace normlab
