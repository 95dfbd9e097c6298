// The registry of normalizations as a test's parameter.
#pragma once

#include <string>
#include <vector>

#include "norm/norm.h"

namespace normlab {

inline std::vector<std::string> NormNames() {
  std::vector<std::string> names;
  for (const NormMethod& method : NormMethods()) names.emplace_back(method.name);
  return names;
}

}  // namespace normlab
