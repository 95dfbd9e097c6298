// Layer normalization (Ba et al. 2016, eq. 4): S = all channels of one image, that is one group.
// The affine is per channel, as both seeds use it (GroupNorm(1, C)).
#pragma once

#include "norm/reference/group.h"

namespace normlab::reference {

template <typename T>
class LayerNorm : public GroupNorm<T> {
 public:
  explicit LayerNorm(NormOptions<T> options) : GroupNorm<T>(WithOneGroup(options)) {}

 private:
  static NormOptions<T> WithOneGroup(NormOptions<T> options) {
    options.groups = 1;
    return options;
  }
};

}  // namespace normlab::reference
