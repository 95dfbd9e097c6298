// Layer normalization (Ba, Kiros & Hinton 2016, equation 4), its affine per element.
#include "norm/moments_method.h"

namespace normlab::methods {

const NormMethod& layer_elementwise() {
  static const NormMethod method = MomentsMethod<layer_elementwise, MakeLayerElementwiseNorm>(
      {.place = 4,
       .name = "layer-elementwise",
       .has_statistics = true,
       .pools_channels = PooledChannels::kAll,
       .pools_pixels = true,
       .pools_over = "all channels of one image",
       .centered = true,
       .affine = AffineKind::kPerElement,
       .has_bias = true,
       .pytorch_call = "nn.LayerNorm([channels, height, width], eps=EPS)"});
  return method;
}

}  // namespace normlab::methods
