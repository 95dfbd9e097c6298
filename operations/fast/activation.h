// What changes a map element by element: ReLU and dropout.
#pragma once

#include <memory>

#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/simd.h"

namespace normlab {

// `y` may be `x`, and `x_gradient` may be `y_gradient`.
struct ReluPlan {
  const BlockTensor* x = nullptr;
  const BlockTensor* y = nullptr;
  const BlockTensor* y_gradient = nullptr;
  const BlockTensor* x_gradient = nullptr;
  // Backward: gradient * scale where the value is positive, else 0. Where dropout stands beside the
  // ReLU this is the gradient of both: what was dropped is 0 as well, what was kept was scaled.
  float scale = 1.0f;
};
std::unique_ptr<BlockOperation> MakeRelu(Simd simd, const ReluPlan& plan);

// `y` may be `x`, and `x_gradient` may be `y_gradient`.
struct DropoutPlan {
  double probability = 0;
  int operation = 0;  // the how-manieth dropout of the network, in the order of the forward pass
  const BlockTensor* x = nullptr;
  const BlockTensor* y = nullptr;
  // Null where the ReLU beside it already gives the gradient of both. A mask is kept for the
  // gradient, or where the values must be restored.
  const BlockTensor* y_gradient = nullptr;
  const BlockTensor* x_gradient = nullptr;
};
// Decisions as operations/dropout.h defines them.
std::unique_ptr<BlockOperation> MakeDropout(Simd simd, const DropoutPlan& plan, int max_blocks);

}  // namespace normlab
