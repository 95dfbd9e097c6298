// Max pool, as PyTorch's ceil_mode=False has it: rows and columns that do not fill a window are
// left out, and padding is never a maximum. The first maximum of a window in row-major order takes
// its gradient; a NaN wins, so that it is not hidden, the last of several.
#pragma once

#include <cmath>
#include <utility>

#include "operations/reference/operation.h"
#include "operations/sliding_window.h"

namespace normlab::reference {

template <typename T>
class MaxPool : public Operation<T> {
 public:
  // Of the kind: size (2), stride, padding.
  explicit MaxPool(Attributes attributes = {}) : attributes_(std::move(attributes)) {}

  Shape OutputShape(const Shape& input) const override { return Window(input).Output(input); }

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
      dx->plane(n, c)[from] += dy.plane(n, c)[to];
    });
  }

 private:
  SlidingWindow Window(const Shape& input) const { return PoolWindow(attributes_, 2, input); }

  // Calls visit(image, channel, index of the output, index of the maximum in its plane of x).
  template <typename Visit>
  void ForEachWindow(const Tensor<T>& x, const Shape& output, Visit visit) const {
    const SlidingWindow window = Window(x.shape);
    for (int n = 0; n < x.images; ++n) {
      for (int c = 0; c < output.channels; ++c) {
        std::size_t to = 0;
        for (int row = 0; row < output.height; ++row) {
          for (int column = 0; column < output.width; ++column) {
            visit(n, c, to++, Largest(x.plane(n, c), x.shape, window, row, column));
          }
        }
      }
    }
  }

  static std::size_t Largest(const T* plane, const Shape& input, const SlidingWindow& window,
                             int row, int column) {
    const int first = window.columns.First(column), end = window.columns.End(column, input.width);
    const auto width = static_cast<std::size_t>(input.width);
    std::size_t best = static_cast<std::size_t>(window.rows.First(row)) * width + first;
    for (int y = window.rows.First(row); y < window.rows.End(row, input.height); ++y) {
      for (int x = first; x < end; ++x) {
        const std::size_t at = y * width + x;
        if (plane[at] > plane[best] || std::isnan(plane[at])) best = at;
      }
    }
    return best;
  }

  Attributes attributes_;
};

}  // namespace normlab::reference
