// One normalization of the reference engine, in double, over an example.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "explain/example_input.h"
#include "norm/reference/norm.h"

namespace normlab {

class ReferenceRun {
 public:
  // Copies the parameters of `input`; they may be changed between runs.
  explicit ReferenceRun(const ExampleInput& input);
  ReferenceRun(const ReferenceRun&) = delete;
  ReferenceRun& operator=(const ReferenceRun&) = delete;

  // Each starts from the running statistics of the input.
  std::vector<double> Forward();
  // After Forward. dgamma and dbeta are set too.
  std::vector<double> Backward(const std::vector<double>& dy);

  std::vector<double> x, gamma, beta;
  std::vector<double> dgamma, dbeta;
  std::vector<double> running_mean, running_var;  // what Forward left

 private:
  const ExampleInput& input_;
  reference::Pass pass_;
  std::int64_t batches_tracked_ = 0;
  reference::Tensor<double> x_, y_;
  std::unique_ptr<reference::Operation<double>> operation_;
};

}  // namespace normlab
