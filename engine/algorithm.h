// Which algorithm computes a convolution: a table by shape, never by timing, so that the same
// network gives the same bits everywhere.
#pragma once

#include "base/shape.h"

namespace normlab {

// Winograd's tiles are 2 x 4 outputs in the forward pass and 4 x 4 in both gradients.
enum class Algorithm { kDirect, kWinograd };

Algorithm ForwardAlgorithm(int kernel, int inputs, const Shape& outputs);
Algorithm InputGradientAlgorithm(int kernel, const Shape& inputs, int outputs);
Algorithm FilterGradientAlgorithm(int kernel, int inputs, const Shape& outputs);

}  // namespace normlab
