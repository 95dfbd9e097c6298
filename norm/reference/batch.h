// Batch normalization (Ioffe & Szegedy 2015, algorithm 1): S = channel c of all images.
//
// Training normalizes with the batch's moments and moves the running ones (PyTorch's conventions):
//   running = (1 - momentum) * running + momentum * value, the variance unbiased: over |S| - 1
// Evaluation normalizes with the running moments.
#pragma once

#include <cassert>

#include "norm/reference/norm.h"

namespace normlab::reference {

template <typename T>
class BatchNorm : public Operation<T> {
 public:
  explicit BatchNorm(const NormOptions<T>& options) : options_(options) {}

  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass& pass, const Tensor<T>& x, Tensor<T>& y) override {
    const int channels = x.shape.channels;
    pooling_ = PoolPlanes(x.images, channels, channels, [](int, int c) { return c; });
    if (pass.training) {
      moments_ = PooledMoments(x, pooling_);
      UpdateRunning();
    } else {
      moments_.mean.assign(options_.running_mean, options_.running_mean + channels);
      moments_.variance.assign(options_.running_variance, options_.running_variance + channels);
    }
    Normalize(x, pooling_, moments_, options_.eps, options_.affine, y);
  }

  void Backward(const Pass&, const Tensor<T>& x, const Tensor<T>&, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    NormalizeBackward(x, pooling_, moments_, options_.eps, options_.affine, dy, options_.gradient,
                      dx);
  }

 private:
  void UpdateRunning() {
    assert(moments_.count > 1);  // CheckBatchStatistics refuses one value per channel beforehand
    const double momentum = options_.momentum;
    const double unbiased = moments_.count / (moments_.count - 1);
    for (int c = 0; c < pooling_.sets; ++c) {
      T& mean = options_.running_mean[c];
      T& variance = options_.running_variance[c];
      mean = static_cast<T>((1 - momentum) * mean + momentum * moments_.mean[c]);
      variance =
          static_cast<T>((1 - momentum) * variance + momentum * unbiased * moments_.variance[c]);
    }
    ++*options_.batches_tracked;
  }

  NormOptions<T> options_;
  Pooling pooling_;
  Moments moments_;
};

}  // namespace normlab::reference
