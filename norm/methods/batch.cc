// Batch normalization (Ioffe & Szegedy 2015, algorithm 1): a channel over all images of the batch.
#include "norm/moments_method.h"

namespace normlab::methods {

const NormMethod& batch() {
  static const NormMethod method = MomentsMethod<batch, MakeBatchNorm>(
      {.place = 2,
       .name = "batch",
       .has_statistics = true,
       .pools_images = true,
       .pools_channels = PooledChannels::kOne,
       .pools_pixels = true,
       .pools_over = "one channel of all images of the batch",
       .centered = true,
       .affine = AffineKind::kPerChannel,
       .has_bias = true,
       .running_statistics = true,
       .pytorch_call = "nn.BatchNorm2d(channels, eps=EPS, momentum=MOMENTUM)"});
  return method;
}

}  // namespace normlab::methods
