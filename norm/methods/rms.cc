// RMS normalization (Zhang & Sennrich 2019, equation 4): nothing is subtracted.
#include "norm/moments_method.h"

namespace normlab::methods {

const NormMethod& rms() {
  static const NormMethod method =
      MomentsMethod<rms, MakeRmsNorm>({.place = 8,
                                       .name = "rms",
                                       .has_statistics = true,
                                       .pools_channels = PooledChannels::kAll,
                                       .pools_pixels = true,
                                       .pools_over = "all channels of one image",
                                       .affine = AffineKind::kPerChannel,
                                       .pytorch_call = "RMSNorm(channels)"});
  return method;
}

}  // namespace normlab::methods
