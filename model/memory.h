// What the float32 engine holds in a training, as model/fast_network.cc plans it.
#pragma once

#include <cstddef>

#include "engine/simd.h"
#include "model/architecture.h"

namespace normlab {

// In bytes: maps with their borders, the gradients of maps, dropout's decisions. What the next
// operations alone need is held once a thread; everything else for all blocks of the batch.
struct ActivationBytes {
  std::size_t batch = 0;   // of all blocks
  std::size_t thread = 0;  // of each thread
};
ActivationBytes PlannedActivations(const Architecture& architecture, int batch_size,
                                   Simd simd = BestSimd());

}  // namespace normlab
