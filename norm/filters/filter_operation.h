// A method on the weights as what makes a filter of the learned one, once a pass before any block.
#pragma once

#include <memory>

#include "norm/equation/method.h"
#include "operations/parameter_operation.h"

namespace normlab {

// The method's learned values are parameters beside the filter, and what the filter is made of
// together with it. On the processor that is computed in float64: a filter is small beside its
// maps.
ParameterOperationKind FilterOperation(std::shared_ptr<const equation::Method> method);

// Why it makes no sense for a filter of this shape, [O I Y X], as the end of a sentence that begins
// with the layer: a variance over one value. Empty where it does.
std::string FilterObjection(const equation::Method& method, const std::vector<int>& shape);

}  // namespace normlab
