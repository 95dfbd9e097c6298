// Parameters that are nothing to their network but decayed or not.
#pragma once

#include <cstdint>
#include <vector>

#include "train/parameter_groups.h"

namespace normlab {

inline std::vector<ParameterGroup> PlainGroups(const std::vector<std::uint8_t>& decayed) {
  std::vector<ParameterGroup> groups;
  for (std::size_t i = 0; i < decayed.size(); ++i) {
    groups.push_back({.offset = i, .size = 1, .decay_multiplier = static_cast<double>(decayed[i])});
  }
  return groups;
}

}  // namespace normlab
