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

}  // namespace normlab
