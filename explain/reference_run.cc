#include "explain/reference_run.h"

#include <algorithm>

namespace normlab {
namespace {

double* PointerOrNull(std::vector<double>& values) {
  return values.empty() ? nullptr : values.data();
}

}  // namespace

ReferenceRun::ReferenceRun(const ExampleInput& input)
    : x(input.x),
      gamma(input.gamma),
      beta(input.beta),
      dgamma(input.gamma.size()),
      dbeta(input.beta.size()),
      running_mean(input.running_mean),
      running_var(input.running_var),
      input_(input),
      x_(input.images, input.shape),
      y_(input.images, input.shape) {
  pass_.training = input.training;
  reference::NormOptions<double> options;
  options.groups = input.groups;
  options.eps = input.eps;
  options.momentum = input.momentum;
  options.weight = PointerOrNull(gamma);
  options.bias = PointerOrNull(beta);
  options.gradient = {PointerOrNull(dgamma), PointerOrNull(dbeta)};
  options.running_mean = PointerOrNull(running_mean);
  options.running_variance = PointerOrNull(running_var);
  options.batches_tracked = &batches_tracked_;
  operation_ = reference::MakeNorm(*input.method, options);
}

std::vector<double> ReferenceRun::Forward() {
  std::copy(input_.running_mean.begin(), input_.running_mean.end(), running_mean.begin());
  std::copy(input_.running_var.begin(), input_.running_var.end(), running_var.begin());
  x_.values = x;
  operation_->Forward(pass_, x_, y_);
  if (input_.training) operation_->UpdateStates();
  return y_.values;
}

std::vector<double> ReferenceRun::Backward(const std::vector<double>& dy) {
  std::fill(dgamma.begin(), dgamma.end(), 0.0);
  std::fill(dbeta.begin(), dbeta.end(), 0.0);
  reference::Tensor<double> gradient(input_.images, input_.shape), dx(input_.images, input_.shape);
  gradient.values = dy;
  operation_->Backward(pass_, x_, y_, gradient, &dx);
  return dx.values;
}

}  // namespace normlab
