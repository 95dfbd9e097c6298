// Convolution, stride 1, no bias: y[o] = sum over i, ky, kx of w[o][i][ky][kx] * x[i][+ky][+kx].
#pragma once

#include <memory>

#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/placement.h"
#include "operations/fast/simd.h"
#include "operations/fast/workspace.h"

namespace normlab {

struct ConvolutionPlan {
  int kernel = 3;                  // 3 or 1
  int padding = 0;                 // 0 or 1
  Store store;                     // of the output
  const float* weights = nullptr;  // [O][I][kernel][kernel]
  const BlockTensor* x = nullptr;  // border >= padding, or any with affine
  // Where set, the input is a normalization of x that no map holds: (x - mean) * scale + bias, with
  // [C][3][1] values a block: mean, scale, bias. Only where ReadsNormalized says so.
  const BlockTensor* affine = nullptr;
  const BlockTensor* y = nullptr;
  const BlockTensor* y_gradient =
      nullptr;  // border >= kernel - 1 - padding; of y before it is rectified
  const BlockTensor* x_gradient = nullptr;  // null for the network's first weights
  PartialGradient weight_gradient;
  Workspace* workspace = nullptr;  // allocated by the caller before the first pass
};

std::unique_ptr<BlockOperation> MakeConvolution(Simd simd, const ConvolutionPlan& plan);

}  // namespace normlab
