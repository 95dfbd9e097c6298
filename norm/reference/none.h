// No normalization: y = x.
#pragma once

#include "engine/reference/operation.h"

namespace normlab::reference {

template <typename T>
class NoNorm : public Operation<T> {
 public:
  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override { y.values = x.values; }

  void Backward(const Pass&, const Tensor<T>&, const Tensor<T>&, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    if (dx != nullptr) dx->values = dy.values;
  }
};

}  // namespace normlab::reference
