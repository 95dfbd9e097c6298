// A method on the weights as PyTorch's convolution with another filter.
#pragma once

#include <string>
#include <string_view>

#include "norm/equation/method.h"

namespace normlab::equation {

// The attribute that holds a learned value beside the filter: PytorchName, with "learned_" also
// before what nn.Conv2d has taken.
std::string PytorchFilterName(std::string_view name);

// "WeightNormConvolution", and its definition: a subclass of nn.Conv2d, which keeps the raw filter
// as `weight`. It asks for math, torch, nn and functional by these names, PyTorch 1.10 or later.
std::string PytorchFilterClass(const Method& method);
std::string PytorchFilterDefinition(const Method& method);

}  // namespace normlab::equation
