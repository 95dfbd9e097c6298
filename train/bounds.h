// Bounds of learned values.
#pragma once

#include <span>
#include <vector>

#include "model/plan.h"

namespace normlab {

// Moves each value into the bounds that its tensor declares. A NaN stays one.
template <typename T>
void ApplyBounds(const std::vector<ParameterInfo>& infos, std::span<T> parameters) {
  for (const ParameterInfo& info : infos) {
    if (info.bounds == Bounds{}) continue;
    const T lowest = static_cast<T>(info.bounds.lowest);
    const T highest = static_cast<T>(info.bounds.highest);
    for (T& value : parameters.subspan(info.offset, info.size)) {
      if (value < lowest) value = lowest;
      if (value > highest) value = highest;
    }
  }
}

}  // namespace normlab
