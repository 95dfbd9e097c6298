// What the float32 engine holds in a training, as engine/fast/layout.h lays it out.
#pragma once

#include <cstddef>

#include "model/architecture.h"
#include "operations/fast/simd.h"

namespace normlab {

// In bytes: maps with their borders, the gradients of maps, dropout's decisions. What the next
// operations alone need is held once a thread; everything else for all blocks of the batch.
struct ActivationBytes {
  std::size_t batch = 0;   // of all blocks
  std::size_t thread = 0;  // of each thread
};
ActivationBytes PlannedActivations(const Plan& plan, int batch_size, Simd simd = BestSimd());
ActivationBytes PlannedActivations(const Architecture& architecture, int batch_size,
                                   Simd simd = BestSimd());

// What makes filters of the learned ones holds, beside these and what is made.
std::size_t FilterMakersBytes(const Plan& plan);

// What a training holds in memory for batches of this size, in bytes: activations, parameters,
// gradients and each block's part of them; without what convolutions pack and transform. Float32
// engine, the best instruction set of this machine (engine/fast/memory.h).
std::size_t MemoryBytes(const Architecture& architecture, int batch_size, int threads = 1);

}  // namespace normlab
