// An operation on parameters that no line of text can ask for, yet.
#pragma once

#include <cmath>
#include <memory>
#include <span>
#include <vector>

#include "operations/parameter_operation.h"

namespace normlab::plan_operations {

// Weight standardization (Qiao et al. 2019, equation 5), over each filter's inputs and taps:
// (w - mean) / sqrt(variance + 1e-5).
template <typename T>
class StandardizedFilter : public ParameterOperation<T> {
 public:
  using Inputs = typename ParameterOperation<T>::Inputs;
  explicit StandardizedFilter(const std::vector<int>& shape)
      : filters_(static_cast<std::size_t>(shape[0])), size_(SizeOf(shape) / filters_) {}

  void Forward(Inputs from, std::span<T> to) override {
    inverse_.assign(filters_, 0);
    for (std::size_t filter = 0; filter < filters_; ++filter) {
      const auto w = from[0].subspan(filter * size_, size_);
      double mean = 0, variance = 0;
      for (const T value : w) mean += value / static_cast<double>(size_);
      for (const T value : w)
        variance += (value - mean) * (value - mean) / static_cast<double>(size_);
      inverse_[filter] = 1 / std::sqrt(variance + 1e-5);
      for (std::size_t i = 0; i < size_; ++i) {
        to[filter * size_ + i] = static_cast<T>((w[i] - mean) * inverse_[filter]);
      }
    }
  }
  void Backward(Inputs, std::span<const T> to, std::span<const T> to_gradient,
                std::span<const std::span<T>> from_gradients) override {
    for (std::size_t filter = 0; filter < filters_; ++filter) {
      const auto y = to.subspan(filter * size_, size_),
                 dy = to_gradient.subspan(filter * size_, size_);
      double sum = 0, product = 0;
      for (std::size_t i = 0; i < size_; ++i) {
        sum += dy[i] / static_cast<double>(size_);
        product += static_cast<double>(dy[i]) * y[i] / static_cast<double>(size_);
      }
      for (std::size_t i = 0; i < size_; ++i) {
        from_gradients[0][filter * size_ + i] +=
            static_cast<T>(inverse_[filter] * (dy[i] - sum - y[i] * product));
      }
    }
  }

 private:
  std::size_t filters_, size_;
  std::vector<double> inverse_;
};

inline const ParameterOperationKind& Standardized() {
  static const ParameterOperationKind kind = {
      "standardized",
      {},
      [](const std::vector<int>& shape) -> std::unique_ptr<ParameterOperation<float>> {
        return std::make_unique<StandardizedFilter<float>>(shape);
      },
      [](const std::vector<int>& shape) -> std::unique_ptr<ParameterOperation<double>> {
        return std::make_unique<StandardizedFilter<double>>(shape);
      }};
  return kind;
}

}  // namespace normlab::plan_operations
