// Initial weights: PyTorch's bounds, our generator.
#pragma once

#include <cstdint>
#include <span>

#include "model/architecture.h"

namespace normlab {

// As each parameter declares (operations/slots.h). A filter's draw is addressed by (seed, number
// among the filters, element), what stands beside it by the filter's number too: models that share
// convolutions start from the same filters whatever their normalization, with or without biases.
// `parameters` is the plan's flat vector.
template <typename T>
void InitializeParameters(const Plan& plan, std::uint64_t seed, std::span<T> parameters);
template <typename T>
void InitializeParameters(const Architecture& architecture, std::uint64_t seed,
                          std::span<T> parameters);

// Anew, what begins as a function of a filter (weight normalization's gain as its length): behind
// whatever changes the filters that InitializeParameters drew.
template <typename T>
void InitializeFromFilters(const Plan& plan, std::span<T> parameters);

// As each state declares: running_mean 0, running_var 1.
template <typename T>
void InitializeBuffers(const Plan& plan, std::span<T> buffers);
template <typename T>
void InitializeBuffers(const Architecture& architecture, std::span<T> buffers);

}  // namespace normlab
