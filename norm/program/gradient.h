// The gradient of an equation, as expressions.
#pragma once

#include <vector>

#include "norm/program/expressions.h"

namespace normlab::program {

// Fills dx and learned; `values` stand beside the equation's nodes.
void AddGradient(const equation::Equation& equation, const std::vector<int>& values,
                 Expressions& expressions);

}  // namespace normlab::program
