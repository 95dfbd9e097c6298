// A residual network's shortcut without parameters, option A of He et al. 2016 (arXiv 1512.03385,
// section 3.3) as its CIFAR networks have it: every stride-th row and column, and zeros for the
// channels that there are not, half of them before and half behind; behind one more if their number
// is odd.
#pragma once

#include <cassert>

#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
class PaddedShortcut : public Operation<T> {
 public:
  // `channels`: of the output, not fewer than the input's.
  PaddedShortcut(int stride, int channels) : stride_(stride), channels_(channels) {
    assert(stride > 0);
  }

  Shape OutputShape(const Shape& input) const override {
    assert(channels_ >= input.channels);
    return {channels_, (input.height + stride_ - 1) / stride_,
            (input.width + stride_ - 1) / stride_};
  }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override {
    y.values.assign(y.values.size(), T{0});
    ForEachTaken(x, y.shape, [&](int n, int c, std::size_t from, std::size_t to) {
      y.plane(n, Before(x) + c)[to] = x.plane(n, c)[from];
    });
  }

  void Backward(const Pass&, const Tensor<T>& x, const Tensor<T>& y, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    if (dx == nullptr) return;
    dx->values.assign(dx->values.size(), T{0});
    ForEachTaken(x, y.shape, [&](int n, int c, std::size_t from, std::size_t to) {
      dx->plane(n, c)[from] = dy.plane(n, Before(x) + c)[to];
    });
  }

 private:
  int Before(const Tensor<T>& x) const { return (channels_ - x.shape.channels) / 2; }

  // Calls visit(image, channel of x, index in the plane of x, index in the plane of y).
  template <typename Visit>
  void ForEachTaken(const Tensor<T>& x, const Shape& output, Visit visit) const {
    for (int n = 0; n < x.images; ++n) {
      for (int c = 0; c < x.shape.channels; ++c) {
        for (std::size_t to = 0; to < output.pixels(); ++to) {
          const std::size_t row = to / output.width, column = to % output.width;
          visit(n, c, (row * x.shape.width + column) * stride_, to);
        }
      }
    }
  }

  int stride_, channels_;
};

}  // namespace normlab::reference
