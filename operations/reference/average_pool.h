// k x k average pool, stride k; rows and columns that do not fill a window are left out, as
// PyTorch's ceil_mode=False does. kernel 0 is the global average pool: the window is the whole map.
#pragma once

#include <cassert>

#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
class AveragePool : public Operation<T> {
 public:
  explicit AveragePool(int kernel) : kernel_(kernel) { assert(kernel >= 0); }

  Shape OutputShape(const Shape& input) const override {
    return {input.channels, input.height / Rows(input), input.width / Columns(input)};
  }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override {
    const T area = static_cast<T>(Rows(x.shape)) * static_cast<T>(Columns(x.shape));
    y.values.assign(y.values.size(), T{0});
    ForEachPixel(x, y.shape, [&](int n, int c, std::size_t from, std::size_t to) {
      y.plane(n, c)[to] += x.plane(n, c)[from];
    });
    for (T& value : y.values) value /= area;
  }

  void Backward(const Pass&, const Tensor<T>& x, const Tensor<T>& y, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    if (dx == nullptr) return;
    const T area = static_cast<T>(Rows(x.shape)) * static_cast<T>(Columns(x.shape));
    dx->values.assign(dx->values.size(), T{0});
    ForEachPixel(x, y.shape, [&](int n, int c, std::size_t from, std::size_t to) {
      dx->plane(n, c)[from] = dy.plane(n, c)[to] / area;
    });
  }

 private:
  int Rows(const Shape& input) const { return kernel_ == 0 ? input.height : kernel_; }
  int Columns(const Shape& input) const { return kernel_ == 0 ? input.width : kernel_; }

  // Calls visit(image, channel, index in the plane of x, index of its window) for every pixel in
  // one.
  template <typename Visit>
  void ForEachPixel(const Tensor<T>& x, const Shape& output, Visit visit) const {
    const int rows = Rows(x.shape), columns = Columns(x.shape);
    for (int n = 0; n < x.images; ++n) {
      for (int c = 0; c < output.channels; ++c) {
        for (int row = 0; row < output.height * rows; ++row) {
          for (int column = 0; column < output.width * columns; ++column) {
            visit(n, c, static_cast<std::size_t>(row) * x.shape.width + column,
                  static_cast<std::size_t>(row / rows) * output.width + column / columns);
          }
        }
      }
    }
  }

  int kernel_;
};

}  // namespace normlab::reference
