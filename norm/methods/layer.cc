// Layer normalization (Ba, Kiros & Hinton 2016, equation 4), its affine per channel.
#include "norm/moments_method.h"

namespace normlab::methods {

const NormMethod& layer() {
  static const NormMethod method =
      MomentsMethod<layer, MakeGroupNorm>({.place = 3,
                                           .name = "layer",
                                           .has_statistics = true,
                                           .pools_channels = PooledChannels::kAll,
                                           .pools_pixels = true,
                                           .pools_over = "all channels of one image",
                                           .centered = true,
                                           .affine = AffineKind::kPerChannel,
                                           .has_bias = true,
                                           .pytorch_call = "nn.GroupNorm(1, channels, eps=EPS)"});
  return method;
}

}  // namespace normlab::methods
