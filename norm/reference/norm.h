// The plain twin of the family of moments (norm/norm.h).
#pragma once

#include <cstdint>
#include <memory>

#include "norm/norm.h"
#include "norm/reference/moments.h"
#include "operations/reference/operation.h"

namespace normlab::reference {

// One application of a normalization. Where a unit is repeated, its applications share the
// parameters and their gradients, and the running statistics unless each keeps its own.
template <typename T>
struct NormOptions {
  int groups = 1;         // of group normalization
  double eps = 1e-5;      // inside the square root
  double momentum = 0.1;  // weight of the new value in the running statistics
  // [C] or [C, H, W], as AffineExtents says; null where the method has none.
  const T* weight = nullptr;
  const T* bias = nullptr;
  AffineGradient<T> gradient;
  // Where the method keeps running statistics: [C], [C], and how many training batches went in.
  T* running_mean = nullptr;
  T* running_variance = nullptr;
  std::int64_t* batches_tracked = nullptr;
  double* batch_statistics = nullptr;  // Network::batch_statistics, of this application; or null
};

template <typename T>
NormOptions<T> MomentsOptions(const NormMethod& method, const Placement<T>& placement);

// `method` is of the family of moments, or "none".
template <typename T>
std::unique_ptr<Operation<T>> MakeNorm(const NormMethod& method, const NormOptions<T>& options);

}  // namespace normlab::reference
