// The normalizations of the fast engine, as operations on blocks.
#pragma once

#include <cstdint>
#include <memory>

#include "norm/norm.h"
#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/placement.h"
#include "operations/fast/simd.h"

namespace normlab {

struct NormalizationPlan {
  const NormMethod* method = nullptr;  // of the family of moments
  int groups = 1;                      // divides the channels, where the method has groups
  double eps = 1e-5;
  const float* weight = nullptr;  // [C] or [C, H, W], as AffineExtents says
  const float* bias = nullptr;    // the same; null where the method has none

  // Of a method with running statistics: [C] each. All applications of a repeated unit may share
  // them, as PyTorch's module would.
  double momentum = 0.1;
  float* running_mean = nullptr;
  float* running_var = nullptr;
  std::int64_t* batches_tracked = nullptr;
  double* batch_statistics = nullptr;  // NetworkState::batch, of this application; or null

  const BlockTensor* x = nullptr;
  // Where the next operation normalizes while it reads (possible only if the method is
  // constant_over_a_channel), y is null and `affine` takes what it needs,
  // [C][3][1] a block: mean, scale and bias of y = (x - mean) * scale + bias.
  const BlockTensor* y = nullptr;
  const BlockTensor* affine = nullptr;
  const BlockTensor* y_gradient = nullptr;
  // With affine: y_gradient is that of a max pool of y, of 2x2 windows side by side, whose output
  // is `pooled`, and the only reader of y.
  const BlockTensor* pooled = nullptr;
  const BlockTensor* x_gradient = nullptr;
  PartialGradient weight_gradient;
  PartialGradient bias_gradient;

  Gate gate;
  // With affine: readers see a ReLU of y, and y_gradient is that of what they see.
  bool rectified_by_readers = false;
};

std::unique_ptr<BlockOperation> MakeBatchNorm(Simd simd, const NormalizationPlan& plan,
                                              int max_blocks);
std::unique_ptr<BlockOperation> MakeGroupNorm(Simd simd, const NormalizationPlan& plan,
                                              int max_blocks);  // layer, instance too
std::unique_ptr<BlockOperation> MakeLayerElementwiseNorm(Simd simd, const NormalizationPlan& plan,
                                                         int max_blocks);
std::unique_ptr<BlockOperation> MakeLayerChannelsNorm(Simd simd, const NormalizationPlan& plan,
                                                      int max_blocks);
std::unique_ptr<BlockOperation> MakeRmsNorm(Simd simd, const NormalizationPlan& plan,
                                            int max_blocks);

}  // namespace normlab
