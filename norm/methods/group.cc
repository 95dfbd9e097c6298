// Group normalization (Wu & He 2018, equation 7).
#include "norm/moments_method.h"

namespace normlab::methods {

const NormMethod& group() {
  static const NormMethod method = MomentsMethod<group, MakeGroupNorm>(
      {.place = 6,
       .name = "group",
       .has_statistics = true,
       .pools_channels = PooledChannels::kGroup,
       .pools_pixels = true,
       .pools_over = "one group of channels of one image",
       .centered = true,
       .affine = AffineKind::kPerChannel,
       .has_bias = true,
       .pytorch_call = "nn.GroupNorm(groups, channels, eps=EPS)"});
  return method;
}

}  // namespace normlab::methods
