// Initial weights: PyTorch's bounds, our generator.
#pragma once

#include <cstdint>
#include <span>

#include "model/architecture.h"

namespace normlab {

// Convolutions: U(-b, b), b = 1 / sqrt(fan_in) (kaiming_uniform with a = sqrt(5), nn.Conv2d's
// default); normalization weights 1, biases 0. Each draw is addressed by (seed, convolution's
// number, element), so models that share convolutions start from the same weights whatever their
// normalization. `parameters` is the flat vector of ParameterInfos().
template <typename T>
void InitializeParameters(const Architecture& architecture, std::uint64_t seed,
                          std::span<T> parameters);

// running_mean 0, running_var 1.
template <typename T>
void InitializeBuffers(const Architecture& architecture, std::span<T> buffers);

}  // namespace normlab
