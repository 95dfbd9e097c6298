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

#include "operations/fast/convolution.h"

namespace normlab {

// options.IsDepthwise(x's shape). Any of them reads a normalized input.
//
// Where x has a gradient, Backward writes those of the parameters too and WeightGradient does
// nothing; otherwise WeightGradient writes them. So it serves a kind with Traits::gradient_apart,
// which calls the first only where there is an input gradient, and that joins them then.
std::unique_ptr<BlockOperation> MakeDepthwise(Simd simd, const ConvolutionPlan& plan);

}  // namespace normlab
