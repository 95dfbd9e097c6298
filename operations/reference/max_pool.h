// 2x2 max pool, stride 2; an odd last row or column is left out, as PyTorch's ceil_mode=False does.
// The first maximum in row-major order takes the gradient; a NaN wins, so that it is not hidden.
#pragma once

#include <array>
#include <cmath>

#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
class MaxPool : public Operation<T> {
 public:
  Shape OutputShape(const Shape& input) const override {
    return {input.channels, input.height / 2, input.width / 2};
  }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override {
    ForEachWindow(x, y.shape, [&](int n, int c, std::size_t to, std::size_t from) {
      y.plane(n, c)[to] = x.plane(n, c)[from];
    });
  }

  void Backward(const Pass&, const Tensor<T>& x, const Tensor<T>& y, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    if (dx == nullptr) return;
    dx->values.assign(dx->values.size(), T{0});
    ForEachWindow(x, y.shape, [&](int n, int c, std::size_t to, std::size_t from) {
      dx->plane(n, c)[from] = dy.plane(n, c)[to];  // windows do not overlap
    });
  }

 private:
  // Calls visit(image, channel, index of the output, index of the maximum in its plane of x).
  template <typename Visit>
  static void ForEachWindow(const Tensor<T>& x, const Shape& output, Visit visit) {
    const std::size_t width = x.shape.width;
    for (int n = 0; n < x.images; ++n) {
      for (int c = 0; c < output.channels; ++c) {
        const T* plane = x.plane(n, c);
        for (std::size_t to = 0; to < output.pixels(); ++to) {
          const std::size_t corner = to / output.width * 2 * width + to % output.width * 2;
          std::size_t best = corner;
          for (const std::size_t at : {corner + 1, corner + width, corner + width + 1}) {
            if (plane[at] > plane[best] || std::isnan(plane[at])) best = at;
          }
          visit(n, c, to, best);
        }
      }
    }
  }
};

}  // namespace normlab::reference
