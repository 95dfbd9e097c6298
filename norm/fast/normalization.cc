#include "norm/fast/normalization.h"

#include <cassert>

namespace normlab {

std::unique_ptr<BlockOperation> MakeNormalization(Simd simd, const NormalizationPlan& plan,
                                                  int max_blocks) {
  switch (plan.kind) {
    case NormKind::kBatch:
      return MakeBatchNorm(simd, plan, max_blocks);
    case NormKind::kLayer:
    case NormKind::kGroup:
    case NormKind::kInstance:
      return MakeGroupNorm(simd, plan, max_blocks);
    case NormKind::kLayerElementwise:
      return MakeLayerElementwiseNorm(simd, plan, max_blocks);
    case NormKind::kLayerChannels:
      return MakeLayerChannelsNorm(simd, plan, max_blocks);
    case NormKind::kRms:
      return MakeRmsNorm(simd, plan, max_blocks);
    case NormKind::kNone:
      break;
  }
  assert(false && "no normalization is no operation");
  return nullptr;
}

}  // namespace normlab
