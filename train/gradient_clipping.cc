#include "train/gradient_clipping.h"

#include <cmath>

namespace normlab {

template <typename T>
double ClipGradientNorm(double largest, std::span<T> gradients) {
  double squares = 0;
  for (const T gradient : gradients) squares += static_cast<double>(gradient) * gradient;
  const double norm = std::sqrt(squares);
  const double factor = largest / (norm + 1e-6);
  if (factor < 1) {
    for (T& gradient : gradients) gradient *= static_cast<T>(factor);
  }
  return norm;
}

template double ClipGradientNorm(double, std::span<float>);
template double ClipGradientNorm(double, std::span<double>);

}  // namespace normlab
