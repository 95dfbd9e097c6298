// Average pool, as PyTorch's ceil_mode=False and count_include_pad=True have it: rows and columns
// that do not fill a window are left out, and padding counts as zeros.
#pragma once

#include <utility>

#include "operations/reference/operation.h"
#include "operations/sliding_window.h"

namespace normlab::reference {

template <typename T>
class AveragePool : public Operation<T> {
 public:
  // Of the kind: size (0: the whole map), stride, padding.
  explicit AveragePool(Attributes attributes) : attributes_(std::move(attributes)) {}

  Shape OutputShape(const Shape& input) const override { return Window(input).Output(input); }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override {
    const T area = Area(x.shape);
    y.values.assign(y.values.size(), T{0});
    ForEachPixel(x, y.shape, [&](int n, int c, std::size_t from, std::size_t to) {
      y.plane(n, c)[to] += x.plane(n, c)[from];
    });
    for (T& value : y.values) value /= area;
  }

  void Backward(const Pass&, const Tensor<T>& x, const Tensor<T>& y, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    if (dx == nullptr) return;
    const T area = Area(x.shape);
    dx->values.assign(dx->values.size(), T{0});
    ForEachPixel(x, y.shape, [&](int n, int c, std::size_t from, std::size_t to) {
      dx->plane(n, c)[from] += dy.plane(n, c)[to] / area;
    });
  }

 private:
  SlidingWindow Window(const Shape& input) const { return PoolWindow(attributes_, 0, input); }
  T Area(const Shape& input) const {
    const SlidingWindow window = Window(input);
    return static_cast<T>(window.rows.extent) * static_cast<T>(window.columns.extent);
  }

  // Calls visit(image, channel, index in the plane of x, index of a window that has the pixel), the
  // windows in their order.
  template <typename Visit>
  void ForEachPixel(const Tensor<T>& x, const Shape& output, Visit visit) const {
    const SlidingWindow window = Window(x.shape);
    const auto width = static_cast<std::size_t>(x.shape.width);
    for (int n = 0; n < x.images; ++n) {
      for (int c = 0; c < output.channels; ++c) {
        for (std::size_t to = 0; to < output.pixels(); ++to) {
          const int row = static_cast<int>(to) / output.width;
          const int column = static_cast<int>(to) % output.width;
          const int end = window.columns.End(column, x.shape.width);
          for (int y = window.rows.First(row); y < window.rows.End(row, x.shape.height); ++y) {
            for (int at = window.columns.First(column); at < end; ++at) {
              visit(n, c, y * width + at, to);
            }
          }
        }
      }
    }
  }

  Attributes attributes_;
};

}  // namespace normlab::reference
