// The functions of an equation as a program has them, and their derivatives.
#pragma once

#include <vector>

#include "norm/equation/equation.h"
#include "norm/program/graph.h"

namespace normlab::program {

// Those that a program has under the same name.
Op SameOp(equation::Function function);

// base ^ exponent, by multiplication where the exponent is a small whole number.
int Power(Graph& graph, int base, int exponent);

// The derivative of a function's node by its argument `by`; `values` stand beside the equation's
// nodes, `value` is the node's own.
int Slope(Graph& graph, const equation::Node& node, const std::vector<int>& values, int value,
          std::size_t by);

}  // namespace normlab::program
