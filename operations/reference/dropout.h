// Element-wise dropout (nn.Dropout, not Dropout2d), with the decisions of engine/dropout.h.
#pragma once

#include <cassert>

#include "operations/dropout.h"
#include "operations/reference/operation.h"

namespace normlab::reference {

template <typename T>
class Dropout : public Operation<T> {
 public:
  // `operation` is the number of this dropout in the forward pass, from 0.
  Dropout(double probability, std::uint32_t operation)
      : threshold_(DropoutThreshold(probability)), operation_(operation) {}

  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const Pass& pass, const Tensor<T>& x, Tensor<T>& y) override { Mask(pass, x, y); }

  // The decisions are a pure function of their address: nothing was kept, they are taken again.
  void Backward(const Pass& pass, const Tensor<T>&, const Tensor<T>&, const Tensor<T>& dy,
                Tensor<T>* dx) override {
    if (dx != nullptr) Mask(pass, dy, *dx);
  }

 private:
  void Mask(const Pass& pass, const Tensor<T>& from, Tensor<T>& to) const {
    if (!pass.training || threshold_ == 0) {
      to.values = from.values;
      return;
    }
    assert(pass.image_ids != nullptr);
    const T scale = static_cast<T>(DropoutScale(threshold_));
    for (int n = 0; n < from.images; ++n) {
      const T* in = from.image(n);
      T* out = to.image(n);
      PhiloxWords words{};
      for (std::size_t e = 0; e < from.shape.size(); ++e) {
        if (e % kDropoutDecisionsPerDraw == 0) {
          words = DropoutWords(pass.dropout, operation_, pass.image_ids[n],
                               static_cast<std::uint32_t>(e / kDropoutDecisionsPerDraw));
        }
        out[e] = DropoutHalf(words, e) < threshold_ ? T{0} : in[e] * scale;
      }
    }
  }

  std::uint32_t threshold_;
  std::uint32_t operation_;
};

}  // namespace normlab::reference
