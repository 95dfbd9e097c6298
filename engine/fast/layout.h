// Which memory holds each map of a plan, from when the pass writes and reads it: what only the next
// operations on the same block need is held per worker, everything else for all blocks; maps of one
// shape share memory where their times do not meet.
#pragma once

#include <vector>

#include "engine/fast/fusion.h"
#include "engine/fast/timeline.h"

namespace normlab {

struct MapMemory {
  Shape shape;
  int border = 0;
  Held held = Held::kPerBlock;
  friend bool operator==(const MapMemory&, const MapMemory&) = default;
};

// Indices into `memory`; -1: none.
struct MapLayout {
  std::vector<MapMemory> memory;
  std::vector<int> values;     // of each value; none where its readers compute it
  std::vector<int> affine;     // of each value: [C][3][1], mean, scale and bias
  std::vector<int> gradients;  // of each value
  // Of each operation and input: where its part of the gradient of a value with several readers is
  // written before it is added to theirs.
  std::vector<std::vector<int>> added;

  const MapMemory& of(int index) const { return memory[static_cast<std::size_t>(index)]; }
};

MapLayout LayOut(const Plan& plan, const FusedPlan& fused, const Timeline& timeline);

// The values whose maps hold what a reader of `value` reads: its own, or those that its writer
// normalized.
int SourceOf(const Plan& plan, const FusedPlan& fused, int value);

}  // namespace normlab
