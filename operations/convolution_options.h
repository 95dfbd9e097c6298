// What a convolution is: the attributes of its kind, read once, and the shapes that follow.
#pragma once

#include <cstddef>

#include "base/shape.h"
#include "operations/attributes.h"

namespace normlab {

struct ConvolutionOptions {
  int channels = 0;  // of the output
  int kernel = 3;    // its rows and its columns
  int padding = 0;   // rows and columns of zeros on each side of the map
  int stride = 1;
  int groups = 1;  // divides the channels of the input and of the output
  bool bias = false;

  // An attribute at its default need not be set.
  static ConvolutionOptions Of(const Attributes& attributes) {
    return {.channels = attributes.integer("channels"),
            .kernel = attributes.integer("kernel"),
            .padding = attributes.integer("padding"),
            .stride = static_cast<int>(attributes.Or("stride", 1)),
            .groups = static_cast<int>(attributes.Or("groups", 1)),
            .bias = attributes.Or("bias", 0) != 0};
  }

  // Rows or columns that do not fill a step are left out, as PyTorch does. Positive only where the
  // padded side has room for the kernel.
  int OutputSide(int side) const { return (side + 2 * padding - kernel) / stride + 1; }
  Shape Output(const Shape& input) const {
    return {channels, OutputSide(input.height), OutputSide(input.width)};
  }

  // Each channel by a filter of its own.
  bool IsDepthwise(const Shape& input) const {
    return groups > 1 && groups == input.channels && groups == channels;
  }

  int taps() const { return kernel * kernel; }
  // Values that one output is made of, beside its bias.
  int FanIn(const Shape& input) const { return input.channels / groups * taps(); }
  std::size_t Weights(const Shape& input) const {
    return static_cast<std::size_t>(channels) * static_cast<std::size_t>(FanIn(input));
  }

  // Zeros around the output's gradient that the input's gradient reads (ceiling of (kernel - 1 -
  // padding) / stride).
  int GradientBorder() const { return (kernel - 1 - padding + stride - 1) / stride; }
};

}  // namespace normlab
