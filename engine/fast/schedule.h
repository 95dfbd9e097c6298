// In which order a pass of the fast engine runs the phases of its operations, and where it waits.
#pragma once

#include <optional>
#include <vector>

#include "engine/fast/layout.h"
#include "operations/fast/operation.h"

namespace normlab {

// Steps are numbered as a pass comes to them: the images, the operations of the plan, the loss.
constexpr int StepOf(int operation) { return operation + 1; }

// A phase of a step; kAdd: what the step wrote of the gradient of its input `round` is added to
// that of the other readers.
struct Task {
  int step = 0;
  Phase phase = Phase::kForward;
  int round = 0;
};

// Tasks that run on a block one after the other; then, where statistics cross images, a wait for
// all blocks and the combination.
struct Stage {
  std::vector<Task> tasks;
  std::optional<Task> combination;
};

struct PassSchedule {
  std::vector<Task> begins;
  std::vector<Stage> stages;
  std::vector<Task> ends;
};

// `chosen`: of each step, whether it takes part.
PassSchedule PlanSchedule(const Plan& plan, const FusedPlan& fused, const MapLayout& layout,
                          Mode mode, const std::vector<bool>& chosen);

// What writes a value again that is not there when the pass is over, others having been written to
// its map: the operation that restores the map and those that write over it, in the order of the
// forward pass, up to the value's own writer; before them, what they read. Empty where the map
// holds it still, or a later value of a normalization whose map is held for the batch.
std::vector<int> RestorersOf(const Plan& plan, const FusedPlan& fused, const MapLayout& layout,
                             int value);

}  // namespace normlab
