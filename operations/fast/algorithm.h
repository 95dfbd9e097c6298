// Which algorithm computes a convolution: a table by shape and instruction set, never by timing, so
// that the same network gives the same bits everywhere.
#pragma once

#include "base/shape.h"
#include "operations/fast/simd.h"

namespace normlab {

// Winograd's tiles are 2 x 4 outputs in the forward pass and 4 x 4 in both gradients. SSE4 and
// scalar code always take the direct sum: without a fused multiply-add the transforms round twice
// as often, and losses leave the distance from float64 that PyTorch's float32 keeps (measured).
enum class Algorithm { kDirect, kWinograd };

Algorithm ForwardAlgorithm(Simd simd, int kernel, int inputs, const Shape& outputs);
Algorithm InputGradientAlgorithm(Simd simd, int kernel, const Shape& inputs, int outputs);
Algorithm FilterGradientAlgorithm(Simd simd, int kernel, int inputs, const Shape& outputs);

// Whether a convolution can normalize its input while reading it (ConvolutionPlan::affine).
bool ReadsNormalized(Simd simd, int kernel, int inputs, const Shape& outputs);

}  // namespace normlab
