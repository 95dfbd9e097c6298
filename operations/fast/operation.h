// One operation of the fast engine, block by block.
//
// A pass runs every operation of a stage on one block before the next block, so that a block's maps
// stay in cache; blocks are the work units that threads share. Only an operation whose statistics
// cross images (batch normalization) needs all blocks at once: it gathers per block, the pass
// waits, it combines in block order, and goes on, as many rounds of this as its kind declares. That
// wait is the whole difference between the methods.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "operations/batch.h"
#include "operations/fast/block.h"

namespace normlab {

// kEvaluateOnBatch: as in evaluation, but batch normalization takes its statistics from the batch
// and leaves the running ones as they are.
enum class Mode { kTrain, kEvaluate, kEvaluateOnBatch };

// What every operation is told about the batch that passes.
struct Pass {
  Mode mode = Mode::kTrain;
  const Batch* batch = nullptr;
  DropoutAddress dropout;

  int blocks() const { return BlocksFor(batch->count); }
  int live_lanes(int block) const {
    const int left = batch->count - block * kBlock;
    return left < kBlock ? left : kBlock;
  }
};

// The pieces of an operation's work, in the order in which a pass comes to them.
enum class Phase {
  kBegin,
  kGatherForward,
  kCombineForward,
  kForward,
  kGatherBackward,
  kCombineBackward,
  kRestore,
  kWeightGradient,
  kBackward,  // the input's gradient; that of the parameters too, unless it has a phase of its own
  kAdd,       // to the gradient of a value with several readers
  kUpdateStates
};
inline constexpr int kPhases = static_cast<int>(Phase::kUpdateStates) + 1;

// What an operation in a network's list is, for those who only look at the list.
struct OperationInfo {
  std::string layer;    // "C4"
  std::string name;     // "convolution", "batch norm", ...
  int application = 1;  // of a layer that is applied several times: the how-manieth
  // Per phase and image, counted as direct convolution whichever way it is computed; 0 where an
  // operation has none to speak of.
  std::array<std::size_t, kPhases> multiply_adds{};

  std::size_t& of(Phase phase) { return multiply_adds[static_cast<std::size_t>(phase)]; }
  std::size_t of(Phase phase) const { return multiply_adds[static_cast<std::size_t>(phase)]; }
  bool is_convolution() const { return of(Phase::kForward) > 0; }
};

// Called from several threads with different blocks at once; what is written belongs to the block.
class BlockOperation {
 public:
  virtual ~BlockOperation() = default;

  // Once per pass, before any block; other operations begin at the same time on other threads.
  virtual void Begin(const Pass&) {}

  // Rounds are numbered from 0. Combinations are made on the calling thread, after all blocks have
  // gathered.
  virtual void GatherForward(const Pass&, WorkUnit, int /*round*/) {}
  virtual void CombineForward(const Pass&, int /*round*/) {}
  virtual void Forward(const Pass&, WorkUnit) = 0;

  // Writes once more what Forward left in a map that is held per worker, from what Forward kept.
  virtual void Restore(const Pass& pass, WorkUnit unit) { Forward(pass, unit); }

  virtual void GatherBackward(const Pass&, WorkUnit, int /*round*/) {}
  virtual void CombineBackward(const Pass&, int /*round*/) {}
  // Of a kind whose parameters' gradient stands apart; before Backward.
  virtual void WeightGradient(const Pass&, WorkUnit) {}
  // Writes the inputs' gradients. Not called where nobody wants them.
  virtual void Backward(const Pass&, WorkUnit) {}

  // Once, after everything else of a training pass, on the calling thread: the pass may run Forward
  // again (Restore), and where applications share their states each of them has read the old ones.
  virtual void UpdateStates(const Pass&) {}
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
