// When a training pass comes to each operation, counted in tasks and in stages: a stage ends where
// an operation waits for all blocks.
#pragma once

#include <vector>

#include "engine/fast/fusion.h"

namespace normlab {

// A moment of the pass of one block: the order of its tasks, and the stage in which it falls.
struct Moment {
  int task = 0;
  int stage = 0;
};

// Of one operation and direction: when it first reads (gathers), and when it writes.
struct Visit {
  Moment first, last;
  bool takes_place = false;
};

struct Timeline {
  std::vector<Visit> forward, backward;  // of each operation
  Moment loss;                           // reads the logits and writes their gradient
};

Timeline TimelineOf(const Plan& plan, const FusedPlan& fused);

}  // namespace normlab
