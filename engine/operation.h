// One operation of the fast engine, block by block.
//
// A pass runs every operation of a stage on one block before the next block, so that a block's maps
// stay in cache; blocks are the work units that threads share. Only an operation whose statistics
// cross images (batch normalization) needs all blocks at once: it gathers per block, the pass
// waits, it combines in block order, and goes on. That wait is the whole difference between the
// methods.
#pragma once

#include <cstdint>

#include "engine/batch.h"
#include "engine/network.h"

namespace normlab {

enum class Mode { kTrain, kEvaluate };

// What every operation is told about the batch that passes.
struct Pass {
  Mode mode = Mode::kTrain;
  const Batch* batch = nullptr;
  DropoutAddress dropout;

  int live_lanes(int block) const {
    const int left = batch->count - block * kBlock;
    return left < kBlock ? left : kBlock;
  }
};

// Called from several threads with different blocks at once; what is written belongs to the block.
class BlockOperation {
 public:
  virtual ~BlockOperation() = default;

  // Once per pass, before any block, on the calling thread.
  virtual void Begin(const Pass&) {}

  virtual bool CrossesImages(Mode) const { return false; }
  virtual void GatherForward(const Pass&, WorkUnit) {}
  virtual void CombineForward(const Pass&) {}  // on the calling thread, after all blocks gathered
  virtual void Forward(const Pass&, WorkUnit) = 0;

  // Writes once more what Forward left in a map that is held per worker, from what Forward kept.
  virtual void Restore(const Pass& pass, WorkUnit unit) { Forward(pass, unit); }

  virtual void GatherBackward(const Pass&, WorkUnit) {}
  virtual void CombineBackward(const Pass&) {}
  virtual void Backward(const Pass&, WorkUnit) = 0;
};

// Where an operation leaves the gradient of its parameters: one partial sum per block, added in
// block order afterwards. `accumulate` where the same weights are applied again: the application
// that comes later in the backward pass adds to what the earlier one wrote.
struct PartialGradient {
  float* first_block = nullptr;
  std::size_t block_stride = 0;
  bool accumulate = false;

  float* block(int index) const {
    return first_block + static_cast<std::size_t>(index) * block_stride;
  }
  void Put(int block_index, std::size_t element, float value) const {
    float& target = block(block_index)[element];
    target = accumulate ? target + value : value;
  }
};

}  // namespace normlab
