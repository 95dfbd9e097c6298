// The channels of every input, one input behind the other.
#pragma once

#include <algorithm>

#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
class Concatenation : public JoiningOperation<T> {
 public:
  using typename Operation<T>::Inputs;

  explicit Concatenation(const Shape& output) : output_(output) {}

  Shape OutputShape(const Shape&) const override { return output_; }

  void ForwardAll(const Pass&, Inputs x, Tensor<T>& y) override {
    for (int n = 0; n < y.images; ++n) {
      T* to = y.image(n);
      for (const Tensor<T>* input : x) {
        to = std::copy_n(input->image(n), input->shape.size(), to);
      }
    }
  }

  void BackwardAll(const Pass&, Inputs x, const Tensor<T>&, const Tensor<T>& dy,
                   std::span<Tensor<T>* const> dx) override {
    for (int n = 0; n < dy.images; ++n) {
      const T* from = dy.image(n);
      for (std::size_t k = 0; k < x.size(); ++k) {
        const std::size_t size = x[k]->shape.size();
        if (dx[k] != nullptr) std::copy_n(from, size, dx[k]->image(n));
        from += size;
      }
    }
  }

 private:
  Shape output_;
};

}  // namespace normlab::reference
