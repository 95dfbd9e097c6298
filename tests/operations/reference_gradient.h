// The numeric gradient: what every plain operation's Backward is held against.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "base/philox.h"
#include "operations/reference/operation.h"

namespace normlab::reference {

// Uniform in [low, high), another stream for another `item`.
inline void FillUniform(std::span<double> values, std::uint32_t item, double low = -1,
                        double high = 1) {
  RandomStream stream(20, Purpose::kSamples, 0, item);
  for (double& value : values) value = stream.Uniform(low, high);
}

inline Tensor<double> UniformTensor(int images, Shape shape, std::uint32_t item, double low = -1,
                                    double high = 1) {
  Tensor<double> tensor(images, shape);
  FillUniform(tensor.values, item, low, high);
  return tensor;
}

// Central differences of `loss` at `values[e]`, for at most `most` elements spread over all of
// them, against `gradient`. The error is relative to the largest gradient of the tensor, at
// least 1.
template <typename Loss>
void ExpectNumericGradient(const std::string& what, std::span<double> values,
                           std::span<const double> gradient, Loss loss, double step = 1e-5,
                           double tolerance = 1e-7, std::size_t most = 60) {
  ASSERT_EQ(values.size(), gradient.size()) << what;
  double scale = 1;
  for (const double g : gradient) scale = std::max(scale, std::abs(g));
  const std::size_t stride = std::max<std::size_t>(1, values.size() / most);
  for (std::size_t e = 0; e < values.size(); e += stride) {
    const double kept = values[e];
    values[e] = kept + step;
    const double above = loss();
    values[e] = kept - step;
    const double below = loss();
    values[e] = kept;
    ASSERT_NEAR(gradient[e], (above - below) / (2 * step), tolerance * scale)
        << what << ", element " << e;
  }
}

// Of L = sum r * y with fixed random r: dL/dx of Backward, and dL/dparameter where there are any
// (`parameters[k]` has the gradient `gradients[k]`).
struct GradientCheck {
  Pass pass{true, {}, nullptr};
  double step = 1e-5;
  double tolerance = 1e-7;
  std::vector<std::span<double>> parameters;
  std::vector<std::span<double>> gradients;
};

inline void ExpectGradients(const std::string& what, Operation<double>& operation,
                            Tensor<double>& x, const GradientCheck& check) {
  const Shape output = operation.OutputShape(x.shape);
  Tensor<double> y(x.images, output), dx(x.images, x.shape);
  const Tensor<double> r = UniformTensor(x.images, output, 999);
  const auto loss = [&] {
    operation.Forward(check.pass, x, y);
    double sum = 0;
    for (std::size_t e = 0; e < y.values.size(); ++e) sum += r.values[e] * y.values[e];
    return sum;
  };
  for (const auto& gradient : check.gradients) std::fill(gradient.begin(), gradient.end(), 0.0);
  loss();
  operation.Backward(check.pass, x, y, r, &dx);
  ExpectNumericGradient(what + ", dx", x.values, dx.values, loss, check.step, check.tolerance);
  for (std::size_t k = 0; k < check.parameters.size(); ++k) {
    // A copy: the loss does not touch it, but later operations on the same storage may.
    const std::vector<double> gradient(check.gradients[k].begin(), check.gradients[k].end());
    ExpectNumericGradient(what + ", parameter " + std::to_string(k), check.parameters[k], gradient,
                          loss, check.step, check.tolerance);
  }
}

inline constexpr int kUglyBatches[] = {1, 15, 16, 17, 33};

}  // namespace normlab::reference
