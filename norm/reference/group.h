// Group normalization (Wu & He 2018, eq. 7): S = the channels of one group of one image. It is the
// same in training and in evaluation, since no statistic crosses images.
#pragma once

#include <cassert>

#include "norm/reference/norm.h"

namespace normlab::reference {

template <typename T>
class GroupNorm : public Operation<T> {
 public:
  explicit GroupNorm(const NormOptions<T>& options) : options_(options) {}

  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override {
    const int channels = x.shape.channels, groups = options_.groups;
    assert(groups > 0 && channels % groups == 0);
    pooling_ = PoolPlanes(x.images, channels, x.images * groups,
                          [&](int n, int c) { return n * groups + c / (channels / groups); });
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
