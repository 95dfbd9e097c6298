// The registry of normalizations as a test's parameter.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

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

// The family of moments, and none: those of which all is known from their row of axes.
inline std::vector<NormMethod> MomentsMethods() {
  std::vector<NormMethod> methods;
  for (const NormMethod& method : NormMethods()) {
    if (method.has_statistics || !method.normalizes()) methods.push_back(method);
  }
  return methods;
}

}  // namespace normlab
