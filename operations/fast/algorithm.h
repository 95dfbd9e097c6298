// Which algorithm computes a convolution: a table by shape and instruction set, never by timing, so
// that the same network gives the same bits everywhere.
#pragma once

#include "base/shape.h"
#include "operations/convolution_options.h"
#include "operations/fast/simd.h"

namespace normlab {

// kWinograd: of 3x3 and stride 1 alone; its tiles are 2 x 4 outputs in the forward pass and 4 x 4
// in both gradients. SSE4 and scalar code always take the direct sum: without a fused multiply-add
// the transforms round twice as often, and losses leave the distance from float64 that PyTorch's
// float32 keeps (measured). kWinogradByChannels: of the filters' gradient alone, the same products
// summed in another order, lanes being output channels.
enum class Algorithm { kDirect, kWinograd, kWinogradByChannels };

// Of each group of the convolution of such an input.
Algorithm ForwardAlgorithm(Simd simd, const ConvolutionOptions& options, const Shape& input);
Algorithm InputGradientAlgorithm(Simd simd, const ConvolutionOptions& options, const Shape& input);
Algorithm FilterGradientAlgorithm(Simd simd, const ConvolutionOptions& options, const Shape& input);

// Whether a convolution can normalize its input while reading it (ConvolutionPlan::affine).
bool ReadsNormalized(Simd simd, const ConvolutionOptions& options, const Shape& input);

// Whether it can add to the gradient of its input what is its part of that, as it writes it, and
// gate the sum (ConvolutionPlan::adds_gradient).
bool AddsGradient(Simd simd, const ConvolutionOptions& options, const Shape& input);

}  // namespace normlab
