// One step of the forward pass and its gradient, in plain loops: the oracle of the tests and of
// every other engine, and an engine of its own (`--engine reference`, `reference64`).
#pragma once

#include <cassert>
#include <cstdint>
#include <span>

#include "operations/batch.h"
#include "operations/reference/tensor.h"

namespace normlab::reference {

struct Pass {
  bool training = false;
  DropoutAddress dropout = {};
  const std::uint32_t* image_ids = nullptr;  // [N]; read by dropout in training alone
  bool batch_statistics = false;     // evaluation with the batch's moments in place of running ones
  std::int64_t completed_steps = 0;  // Batch::completed_steps
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

  // The same for any number of inputs, which is what a network calls.
  using Inputs = std::span<const Tensor<T>* const>;
  virtual void ForwardAll(const Pass& pass, Inputs x, Tensor<T>& y) { Forward(pass, *x[0], y); }
  virtual void BackwardAll(const Pass& pass, Inputs x, const Tensor<T>& y, const Tensor<T>& dy,
                           std::span<Tensor<T>* const> dx) {
    Backward(pass, *x[0], y, dy, dx[0]);
  }

  // Once, after everything else of a training pass.
  virtual void UpdateStates() {}
};

// An operation with more inputs than one.
template <typename T>
class JoiningOperation : public Operation<T> {
 public:
  using typename Operation<T>::Inputs;
  void ForwardAll(const Pass& pass, Inputs x, Tensor<T>& y) override = 0;
  void BackwardAll(const Pass& pass, Inputs x, const Tensor<T>& y, const Tensor<T>& dy,
                   std::span<Tensor<T>* const> dx) override = 0;

 private:
  void Forward(const Pass&, const Tensor<T>&, Tensor<T>&) final { assert(false); }
  void Backward(const Pass&, const Tensor<T>&, const Tensor<T>&, const Tensor<T>&,
                Tensor<T>*) final {
    assert(false);
  }
};

}  // namespace normlab::reference
