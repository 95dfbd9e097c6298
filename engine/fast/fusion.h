// What the fast engine's operations do for each other, from the traits that their kinds declare: an
// activation is applied by the writer that stores it, a gate by the reader whose gradient passes
// it, a normalization by whoever reads it; and what writes over its input. No kind is known here by
// its name.
#pragma once

#include <vector>

#include "model/plan.h"

namespace normlab {

struct FusedOperation {
  // Whether it has work of its own left in the pass.
  bool forward = true, backward = true;
  Store store;
  Gate gate;  // of its input's gradient
  // That gradient has others' part in it, to which it adds its own.
  bool adds_gradient = false;
  // Its readers rectify its output, which they compute, and it gates the gradient they give.
  bool rectified_by_readers = false;
  // What the only reader of its output gives, whose gradient it routes; or -1.
  int pooled = -1;
};

struct FusedPlan {
  std::vector<FusedOperation> operations;
  // Of each value: the value in whose map it lies (written over it), or itself.
  std::vector<int> home;
  // Of each value: no map holds it; its readers normalize what its writer read.
  std::vector<bool> affine;
  // Of those: readers see a ReLU of that.
  std::vector<bool> rectified;
};

FusedPlan Fuse(const Plan& plan, Simd simd);

}  // namespace normlab
