// y = f(x), element by element, of a function that says
//
//   explicit Tanh(const Attributes&);
//   T Value(T x) const;
//   T Gradient(T x, T y, T dy) const;  // of x, y being its value
#pragma once

#include <utility>

#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T, class Function>
class Activation : public Operation<T> {
 public:
  explicit Activation(Function function) : function_(std::move(function)) {}

  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass&, const Tensor<T>& x, Tensor<T>& y) override {
    for (std::size_t e = 0; e < x.values.size(); ++e) y.values[e] = function_.Value(x.values[e]);
  }

  void Backward(const Pass&, const Tensor<T>& x, const Tensor<T>& y, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    if (dx == nullptr) return;
    for (std::size_t e = 0; e < y.values.size(); ++e) {
      dx->values[e] = function_.Gradient(x.values[e], y.values[e], dy.values[e]);
    }
  }

 private:
  Function function_;
};

}  // namespace normlab::reference
