// What joins several maps into one, and what lets a map past a part of the network that changes its
// shape.
#pragma once

#include <memory>
#include <vector>

#include "operations/fast/operation.h"
#include "operations/fast/placement.h"
#include "operations/fast/simd.h"

namespace normlab {

// Inputs may be normalized as they are read (PlacedMap::affine), the output
// rectified as it is stored; its gradient is then that before. An input's gradient may be null.
struct JoiningPlan {
  std::vector<PlacedMap> x;
  PlacedMap y;
  Store store = {};
};

// Of two maps or more of one shape, added in their order. Where the gradient of an input is the
// output's own map, nothing is copied there.
std::unique_ptr<BlockOperation> MakeSum(Simd simd, const JoiningPlan& plan);

// Along the channels, of maps whose sides agree.
std::unique_ptr<BlockOperation> MakeConcatenation(Simd simd, const JoiningPlan& plan);

// Of one map: its rows 0, stride, 2 stride, ..., and columns alike; where y has more channels,
// zeros before its first one and behind its last, behind one more if their number is odd.
std::unique_ptr<BlockOperation> MakePaddedShortcut(Simd simd, const JoiningPlan& plan, int stride);

}  // namespace normlab
