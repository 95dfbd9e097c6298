// Depthwise convolution, the field's groups = channels: each channel by a filter of its own.
//
//   y[c][q][r] = bias[c] + sum over i, j of w[c][0][i][j] * x[c][q stride + i - padding][...]
//
// A 3x3 filter does 9 multiply-adds for a value that is read and one that is written, so memory
// bounds it as much as arithmetic. So a stretch of rows is read once: what follows from it is
// computed while it lies in the first-level cache, on the way back both gradients from one pass
// over dy and x. Rows of padding are left out; where x is a normalization its pixels are normalized
// once.
#pragma once

#include <memory>

#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/placement.h"
#include "operations/fast/simd.h"
#include "operations/fast/workspace.h"

namespace normlab {

struct DepthwisePlan {
  int kernel = 3;  // 1, 3, 5 or 7
  int stride = 1;
  int padding = 0;                 // < kernel
  Store store = Store::kPlain;     // of the output
  const float* weights = nullptr;  // [C][1][kernel][kernel]
  const float* bias = nullptr;     // [C], or null
  const BlockTensor* x = nullptr;  // border >= padding, or any with affine
  // Where set, the input is a normalization of x that no map holds: (x - mean) * scale + bias, with
  // [C][3][1] values a block: mean, scale, bias. Its padding is zero all the same.
  const BlockTensor* affine = nullptr;
  // floor((side + 2 padding - kernel) / stride) + 1 rows and columns, at least one.
  const BlockTensor* y = nullptr;
  const BlockTensor* y_gradient = nullptr;  // border >= kernel - 1 - padding; of y before the ReLU
  const BlockTensor* x_gradient = nullptr;  // of what is read; null for the network's first weights
  PartialGradient weight_gradient;
  PartialGradient bias_gradient;   // where there is a bias
  Workspace* workspace = nullptr;  // allocated by the caller before the first pass
};

// Where x has a gradient, Backward writes those of the parameters too and WeightGradient does
// nothing; otherwise WeightGradient writes them. So it serves a kind with Traits::gradient_apart,
// which calls the first only where there is an input gradient and the second before it.
std::unique_ptr<BlockOperation> MakeDepthwise(Simd simd, const DepthwisePlan& plan);

}  // namespace normlab
