// Max pool 2x2, average pool, global average pool.
#pragma once

#include <memory>

#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/simd.h"

namespace normlab {

// Windows of height x width, moved by their own size, no padding; rows and columns left over at the
// end are not read (PyTorch's ceil_mode=False) and get gradient 0. The gradient of a maximum goes
// to the first of equals in row-major order, as in PyTorch.
struct PoolingPlan {
  int height = 2;
  int width = 2;
  const BlockTensor* x = nullptr;
  const BlockTensor* y = nullptr;
  // Both null before the network's first weights (BlockOperation::Backward).
  const BlockTensor* y_gradient = nullptr;
  const BlockTensor* x_gradient = nullptr;
  // As ConvolutionPlan::affine; for max pools only.
  const BlockTensor* affine = nullptr;
};

std::unique_ptr<BlockOperation> MakeMaxPool(Simd simd, const PoolingPlan& plan);  // 2x2
std::unique_ptr<BlockOperation> MakeAveragePool(Simd simd, const PoolingPlan& plan);

}  // namespace normlab
