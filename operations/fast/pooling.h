// Max pool and average pool, global ones too.
#pragma once

#include <memory>

#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/simd.h"
#include "operations/sliding_window.h"

namespace normlab {

// Rows and columns that do not fill a window are not read (PyTorch's ceil_mode=False) and get
// gradient 0. The gradient of a maximum goes to the first of equals in row-major order, as in
// PyTorch. Padding is never a maximum, and counts as zeros in an average.
struct PoolingPlan {
  SlidingWindow window;
  const BlockTensor* x = nullptr;
  const BlockTensor* y = nullptr;
  // Both null before the network's first weights (BlockOperation::Backward).
  const BlockTensor* y_gradient = nullptr;
  const BlockTensor* x_gradient = nullptr;
  // As ConvolutionPlan's; for max pools only.
  const BlockTensor* affine = nullptr;
  bool rectified = false;
};

std::unique_ptr<BlockOperation> MakeMaxPool(Simd simd, const PoolingPlan& plan);
std::unique_ptr<BlockOperation> MakeAveragePool(Simd simd, const PoolingPlan& plan);

// The same of any windows; the two above take them where windows overlap or are padded.
std::unique_ptr<BlockOperation> MakeSlidingMaxPool(Simd simd, const PoolingPlan& plan);
std::unique_ptr<BlockOperation> MakeSlidingAveragePool(Simd simd, const PoolingPlan& plan);

}  // namespace normlab
