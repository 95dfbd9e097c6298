// A model's parameters and their gradients, here and on its device; each side is brought up to date
// when it is asked for.
#pragma once

#include <span>

#include "engine/opencl/stack.h"
#include "engine/parameters.h"

namespace normlab::opencl {

class MirroredParameters {
 public:
  MirroredParameters(const Plan& plan, Stack& stack, int model)
      : stack_(stack), model_(model), values_(plan) {}

  // To read and to write.
  std::span<float> learned() {
    BringWeights();
    on_device_ = false;
    return values_.learned();
  }
  std::span<float> gradients() {
    BringGradients();
    return values_.learned_gradients();
  }
  // To read: the learned ones, and behind them what the device makes of them.
  std::span<const float> WithDerived() {
    BringWeights();
    values_.MakeDerived();
    return values_.all();
  }

  // For a pass: nothing where the device has them.
  std::span<const float> Hand() {
    if (on_device_) return {};
    on_device_ = true;
    return values_.learned();
  }
  void AfterTraining() { gradients_here_ = false; }
  void AfterStep() { weights_here_ = false; }

 private:
  void BringWeights() {
    if (weights_here_) return;
    stack_.ReadParameters(model_, values_.learned());
    weights_here_ = true;
  }
  void BringGradients() {
    if (gradients_here_) return;
    stack_.ReadGradients(model_, values_.learned_gradients());
    gradients_here_ = true;
  }

  Stack& stack_;
  const int model_;
  Parameters<float> values_;
  bool weights_here_ = true, on_device_ = false, gradients_here_ = true;
};

}  // namespace normlab::opencl
