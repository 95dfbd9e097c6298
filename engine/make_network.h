// From the architecture to a network that runs: the operations in order, memory planned once, the
// instruction set chosen once.
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

// The plain twin; T is float or double.
template <typename T>
std::unique_ptr<Network<T>> MakeReferenceNetwork(const Architecture& architecture, int max_batch);

}  // namespace normlab
