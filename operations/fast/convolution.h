// Convolution: y[o] = bias[o] + sum over i, ky, kx of w[o][i][ky][kx] * x[i][+ky][+kx], over the
// inputs i of o's group.
#pragma once

#include <memory>

#include "operations/convolution_options.h"
#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"
#include "operations/fast/placement.h"
#include "operations/fast/simd.h"
#include "operations/fast/workspace.h"

namespace normlab {

struct ConvolutionPlan {
  ConvolutionOptions options;      // kernel 1, 3, 5 or 7
  Store store;                     // of the output
  const float* weights = nullptr;  // [O][I / groups][kernel][kernel]
  const float* bias = nullptr;     // [O], where the options have one
  const BlockTensor* x = nullptr;  // border >= padding, or any with affine
  // Where set, the input is a normalization of x that no map holds: (x - mean) * scale + bias, with
  // [C][3][1] values a block: mean, scale, bias; or a ReLU of that. Only where ReadsNormalized says
  // so.
  const BlockTensor* affine = nullptr;
  bool rectified = false;
  const BlockTensor* y = nullptr;
  const BlockTensor* y_gradient =
      nullptr;  // border >= GradientBorder(); of y before it is rectified
  const BlockTensor* x_gradient = nullptr;  // null for the network's first weights
  // x_gradient holds the part of others who read x: this one is added to it, and to the sum `gate`
  // is applied, which may have no slope. Only where AddsGradient says so.
  bool adds_gradient = false;
  Gate gate;
  PartialGradient weight_gradient;
  PartialGradient bias_gradient;
  Workspace* workspace = nullptr;  // allocated by the caller before the first pass
};

std::unique_ptr<BlockOperation> MakeConvolution(Simd simd, const ConvolutionPlan& plan);

}  // namespace normlab
