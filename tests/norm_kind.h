// The methods that the tests know by themselves, to say what each should do.
#pragma once

#include <algorithm>
#include <cassert>
#include <iterator>

#include "norm/norm.h"

namespace normlab {

enum class NormKind {
  kNone,
  kBatch,
  kLayer,
  kLayerElementwise,
  kLayerChannels,
  kGroup,
  kInstance,
  kRms
};
inline constexpr std::string_view kNormKindNames[] = {
    "none", "batch", "layer", "layer-elementwise", "layer-channels", "group", "instance", "rms"};

inline const NormMethod& MethodOf(NormKind kind) {
  return FindNormMethod(kNormKindNames[static_cast<int>(kind)]);
}

inline NormKind KindOf(const NormMethod& method) {
  const auto* found = std::ranges::find(kNormKindNames, method.name);
  assert(found != std::end(kNormKindNames));
  return static_cast<NormKind>(found - kNormKindNames);
}

}  // namespace normlab
