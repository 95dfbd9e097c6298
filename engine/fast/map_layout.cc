#include "engine/fast/map_layout.h"

#include "operations/fast/algorithm.h"

namespace normlab {

int Border(const Layer* next) { return next == nullptr ? 0 : next->padding; }

bool ReadsNormalizedInput(Simd simd, const Layer* next) {
  if (next == nullptr) return false;
  if (next->kind == LayerKind::kMaxPool) return true;
  return next->kind == LayerKind::kConvolution &&
         ReadsNormalized(simd, next->kernel, next->input.channels, next->output);
}

}  // namespace normlab
