// The arithmetic of a step on one tensor, for optimizers that share it. PyTorch's order of
// rounding.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

namespace normlab {

// buffer = momentum * buffer + gradient; parameter -= lr * buffer; with Nesterov's
// parameter -= lr * (gradient + momentum * buffer). PyTorch starts the buffer as a copy of the
// first gradient, which is what momentum * 0 + gradient gives; at momentum 0 it leaves the buffer
// alone.
template <typename T>
void SgdUpdate(std::span<T> parameters, std::span<const T> gradients, std::span<T> buffer,
               double lr, double momentum, bool nesterov) {
  const T step = static_cast<T>(-lr), factor = static_cast<T>(momentum);
  if (momentum == 0) {
    for (std::size_t i = 0; i < gradients.size(); ++i) parameters[i] += step * gradients[i];
    return;
  }
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    buffer[i] = buffer[i] * factor + gradients[i];
    const T direction = nesterov ? gradients[i] + factor * buffer[i] : buffer[i];
    parameters[i] += step * direction;
  }
}

struct AdamNumbers {
  double beta1, beta2, eps;
  std::int64_t steps;  // with this one
};

// What a step's number turns the averages into: sqrt(1 - beta2^steps), and -lr / (1 - beta1^steps).
struct AdamCorrection {
  double root, step;
};

inline AdamCorrection CorrectionOf(const AdamNumbers& numbers, double lr) {
  const double steps = static_cast<double>(numbers.steps);
  return {std::sqrt(1 - std::pow(numbers.beta2, steps)),
          -(lr / (1 - std::pow(numbers.beta1, steps)))};
}

// Kingma & Ba 2015, algorithm 1, with eps outside the corrected root, as torch.optim.Adam has it.
template <typename T>
void AdamUpdate(std::span<T> parameters, std::span<const T> gradients, std::span<T> average,
                std::span<T> square, double lr, const AdamNumbers& numbers) {
  const AdamCorrection correction = CorrectionOf(numbers, lr);
  const T root = static_cast<T>(correction.root), step = static_cast<T>(correction.step);
  const T keep1 = static_cast<T>(numbers.beta1), take1 = static_cast<T>(1 - numbers.beta1);
  const T keep2 = static_cast<T>(numbers.beta2), take2 = static_cast<T>(1 - numbers.beta2);
  const T eps = static_cast<T>(numbers.eps);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    const T gradient = gradients[i];
    average[i] = average[i] * keep1 + take1 * gradient;
    square[i] = square[i] * keep2 + take2 * gradient * gradient;
    parameters[i] += step * average[i] / (std::sqrt(square[i]) / root + eps);
  }
}

}  // namespace normlab
