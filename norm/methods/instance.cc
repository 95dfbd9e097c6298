// Instance normalization (Ulyanov, Vedaldi & Lempitsky 2016, equation 3).
#include "norm/moments_method.h"

namespace normlab::methods {

const NormMethod& instance() {
  static const NormMethod method = MomentsMethod<instance, MakeGroupNorm>(
      {.place = 7,
       .name = "instance",
       .has_statistics = true,
       .pools_channels = PooledChannels::kOne,
       .pools_pixels = true,
       .pools_over = "one channel of one image",
       .centered = true,
       .affine = AffineKind::kPerChannel,
       .has_bias = true,
       .pytorch_call = "nn.InstanceNorm2d(channels, eps=EPS, affine=True)"});
  return method;
}

}  // namespace normlab::methods
