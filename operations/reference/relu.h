// y = max(x, 0). The gradient at 0 is 0, and a NaN stays one, both as in PyTorch.
#pragma once

#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
class Relu : public Operation<T> {
 public:
  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override {
    for (std::size_t e = 0; e < x.values.size(); ++e) {
      y.values[e] = x.values[e] <= T{0} ? T{0} : x.values[e];
    }
  }

  void Backward(const Pass&, const Tensor<T>&, const Tensor<T>& y, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    if (dx == nullptr) return;
    for (std::size_t e = 0; e < y.values.size(); ++e) {
      dx->values[e] = y.values[e] <= T{0} ? T{0} : dy.values[e];
    }
  }
};

}  // namespace normlab::reference
