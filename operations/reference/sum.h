// y = x0 + x1 + ..., in the order of the inputs.
#pragma once

#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
class Sum : public JoiningOperation<T> {
 public:
  using typename Operation<T>::Inputs;

  Shape OutputShape(const Shape& input) const override { return input; }

  void ForwardAll(const Pass&, Inputs x, Tensor<T>& y) override {
    y.values = x[0]->values;
    for (const Tensor<T>* next : x.subspan(1)) {
      for (std::size_t e = 0; e < y.values.size(); ++e) y.values[e] += next->values[e];
    }
  }

  void BackwardAll(const Pass&, Inputs, const Tensor<T>&, const Tensor<T>& dy,
                   std::span<Tensor<T>* const> dx) override {
    for (Tensor<T>* each : dx) {
      if (each != nullptr) each->values = dy.values;
    }
  }
};

}  // namespace normlab::reference
