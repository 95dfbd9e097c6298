// From a plan to a network that runs: memory planned once, the instruction set chosen once.
#pragma once

#include <memory>

#include "engine/network.h"
#include "model/architecture.h"
#include "operations/fast/simd.h"

namespace normlab {

struct FastOptions {
  Simd simd = BestSimd();
  int threads = 1;
};

// Parameters and buffers are zero / 0 / 1 until InitializeParameters or a checkpoint fills them.
std::unique_ptr<Network<float>> MakeFastNetwork(const Architecture& architecture, int max_batch,
                                                const FastOptions& options);
std::unique_ptr<Network<float>> MakeFastNetwork(std::shared_ptr<const Plan> plan, int max_batch,
                                                const FastOptions& options);

// The plain twin; T is float or double.
template <typename T>
std::unique_ptr<Network<T>> MakeReferenceNetwork(const Architecture& architecture, int max_batch);
template <typename T>
std::unique_ptr<Network<T>> MakeReferenceNetwork(std::shared_ptr<const Plan> plan, int max_batch);

}  // namespace normlab
