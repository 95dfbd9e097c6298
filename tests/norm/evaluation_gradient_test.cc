// The gradient of an evaluation: running statistics are constants, so every value has its own.
#include <gtest/gtest.h>

#include <cmath>

#include "norm/reference/norm.h"
#include "tests/norm_kind.h"

namespace normlab::reference {
namespace {

TEST(EvaluationGradient, OfBatchDoesNotReachTheRunningStatistics) {
  std::vector<double> weight = {2, -3}, bias = {1, 5}, mean = {0.5, -1}, variance = {4, 0.25};
  std::vector<double> weight_gradient(2), bias_gradient(2);
  std::int64_t batches = 0;
  NormOptions<double> options;
  options.eps = 0.01;
  options.weight = weight.data();
  options.bias = bias.data();
  options.gradient = {weight_gradient.data(), bias_gradient.data()};
  options.running_mean = mean.data();
  options.running_variance = variance.data();
  options.batches_tracked = &batches;
  const auto norm = MakeNorm(MethodOf(NormKind::kBatch), options);

  Tensor<double> x(1, {2, 1, 2}), y(1, x.shape), dy(1, x.shape), dx(1, x.shape);
  x.values = {3, -1, 0, 4};
  dy.values = {1, -2, 0.5, 3};
  norm->Forward({false, {}, nullptr}, x, y);
  norm->Backward({false, {}, nullptr}, x, y, dy, &dx);

  const double s0 = std::sqrt(4.01), s1 = std::sqrt(0.26);
  const double expected[] = {2 / s0, -4 / s0, -1.5 / s1, -9 / s1};
  for (std::size_t e = 0; e < 4; ++e) EXPECT_NEAR(dx.values[e], expected[e], 1e-14) << e;
  EXPECT_NEAR(weight_gradient[0], (2.5 * 1 + -1.5 * -2) / s0, 1e-14);
  EXPECT_NEAR(weight_gradient[1], (1 * 0.5 + 5 * 3) / s1, 1e-14);
  EXPECT_EQ(bias_gradient, (std::vector<double>{-1, 3.5}));
}

// A training pass after it takes the batch's statistics again, and their gradient.
TEST(EvaluationGradient, LeavesTheNextTrainingPassAlone) {
  std::vector<double> weight = {1}, bias = {0}, mean = {0}, variance = {1}, gradient(2);
  std::int64_t batches = 0;
  NormOptions<double> options;
  options.weight = weight.data();
  options.bias = bias.data();
  options.gradient = {&gradient[0], &gradient[1]};
  options.running_mean = mean.data();
  options.running_variance = variance.data();
  options.batches_tracked = &batches;
  const auto norm = MakeNorm(MethodOf(NormKind::kBatch), options);
  Tensor<double> x(3, {1, 1, 1}), y(3, x.shape), dy(3, x.shape), dx(3, x.shape);
  x.values = {3, -1, 7};
  dy.values = {1, 1, 1};
  norm->Forward({false, {}, nullptr}, x, y);
  norm->Backward({false, {}, nullptr}, x, y, dy, &dx);
  EXPECT_NEAR(dx.values[0], 1 / std::sqrt(1.00001), 1e-14);
  norm->Forward({true, {}, nullptr}, x, y);
  norm->Backward({true, {}, nullptr}, x, y, dy, &dx);
  for (const double value : dx.values) EXPECT_NEAR(value, 0, 1e-15) << "a constant dy goes nowhere";
}

}  // namespace
}  // namespace normlab::reference
