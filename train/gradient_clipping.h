// A bound on the length of a step's gradient.
#pragma once

#include <span>

namespace normlab {

// torch.nn.utils.clip_grad_norm_ over all parameters: gradient *= min(1, largest / (norm + 1e-6)).
// Returns the norm, Euclidean, before that. A norm that is not finite clips nothing.
template <typename T>
double ClipGradientNorm(double largest, std::span<T> gradients);

}  // namespace normlab
