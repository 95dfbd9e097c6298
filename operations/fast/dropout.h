// Element-wise dropout, with the decisions of operations/dropout.h.
#pragma once

#include <memory>

#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/simd.h"

namespace normlab {

// `y` may be `x`, and `x_gradient` may be `y_gradient`.
struct DropoutPlan {
  double probability = 0;
  int operation = 0;  // the how-manieth dropout of the network, in the order of the forward pass
  const BlockTensor* x = nullptr;
  const BlockTensor* y = nullptr;
  // Null where a ReLU beside it already gives the gradient of both: what was dropped is 0 as well,
  // so the sign of the value says both. A mask is kept for the gradient, or where the values must
  // be restored.
  const BlockTensor* y_gradient = nullptr;
  const BlockTensor* x_gradient = nullptr;
};
std::unique_ptr<BlockOperation> MakeDropout(Simd simd, const DropoutPlan& plan, int max_blocks);

}  // namespace normlab
