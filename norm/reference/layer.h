// Layer normalization (Ba et al. 2016, eq. 4): S = all channels of one image. The affine is per
// channel, as both seeds use it (GroupNorm(1, C)).
#pragma once

#include "norm/reference/norm.h"

namespace normlab::reference {

template <typename T>
class LayerNorm : public Operation<T> {
 public:
  explicit LayerNorm(const NormOptions<T>& options) : options_(options) {}

  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override {
    pooling_ = PoolPlanes(x.images, x.shape.channels, x.images, [](int n, int) { return n; });
    moments_ = PooledMoments(x, pooling_);
    Normalize(x, pooling_, moments_, options_.eps, options_.affine, y);
  }

  void Backward(const Pass&, const Tensor<T>& x, const Tensor<T>&, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    NormalizeBackward(x, pooling_, moments_, options_.eps, options_.affine, dy, options_.gradient,
                      dx);
  }

 private:
  NormOptions<T> options_;
  Pooling pooling_;
  Moments moments_;
};

}  // namespace normlab::reference
