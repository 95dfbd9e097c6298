// What changes a map in place: ReLU and dropout.
#pragma once

#include <memory>

#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/simd.h"

namespace normlab {

struct ReluPlan {
  const BlockTensor* values = nullptr;
  const BlockTensor* gradient = nullptr;
  bool forward = true;  // false where the convolution has already stored max(0, y)
  bool backward =
      true;  // false where the normalization that follows masks its input gradient itself
  // Backward: gradient * scale where the value is positive, else 0. Where dropout stands beside the
  // ReLU this is the gradient of both: what was dropped is 0 as well, what was kept was scaled.
  float scale = 1.0f;
};
std::unique_ptr<BlockOperation> MakeRelu(Simd simd, const ReluPlan& plan);

struct DropoutPlan {
  double probability = 0;
  int operation = 0;  // the how-manieth dropout of the network, in the order of the forward pass
  const BlockTensor* values = nullptr;
  // Null where the ReLU beside it already gives the gradient of both. A mask is kept for the
  // gradient, or where the values must be restored.
  const BlockTensor* gradient = nullptr;
};
// Decisions as operations/dropout.h defines them.
std::unique_ptr<BlockOperation> MakeDropout(Simd simd, const DropoutPlan& plan, int max_blocks);

}  // namespace normlab
