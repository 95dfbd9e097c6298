// One step of the forward pass and its gradient, in plain loops: the oracle of the tests and of
// every other engine, and an engine of its own (`--engine reference`, `reference64`).
#pragma once

#include <cstdint>

#include "operations/batch.h"
#include "operations/reference/tensor.h"

namespace normlab::reference {

struct Pass {
  bool training = false;
  DropoutAddress dropout;
  const std::uint32_t* image_ids = nullptr;  // [N]; read by dropout in training alone
  bool batch_statistics = false;  // evaluation with the batch's moments in place of running ones
};

template <typename T>
class Operation {
 public:
  virtual ~Operation() = default;

  virtual Shape OutputShape(const Shape& input) const = 0;

  // `y` has x.images images of OutputShape(x.shape).
  virtual void Forward(const Pass& pass, const Tensor<T>& x, Tensor<T>& y) = 0;

  // After Forward of a training pass (of a normalization: of any), with the same x and the y that
  // it wrote. Writes the gradient of x, which has the size of x, unless `dx` is null; adds the
  // gradients of the operation's parameters.
  virtual void Backward(const Pass& pass, const Tensor<T>& x, const Tensor<T>& y,
                        const Tensor<T>& dy, Tensor<T>* dx) = 0;
};

}  // namespace normlab::reference
