// Layer normalization over the channels at a pixel (Liu et al. 2022, ConvNeXt, section 2.6).
#include "norm/moments_method.h"

namespace normlab::methods {

const NormMethod& layer_channels() {
  static const NormMethod method = MomentsMethod<layer_channels, MakeLayerChannelsNorm>(
      {.place = 5,
       .name = "layer-channels",
       .has_statistics = true,
       .pools_channels = PooledChannels::kAll,
       .pools_over = "all channels at one pixel of one image",
       .centered = true,
       .affine = AffineKind::kPerChannel,
       .has_bias = true,
       .pytorch_call = "LayerNormOfChannels(channels, eps=EPS)"});
  return method;
}

}  // namespace normlab::methods
