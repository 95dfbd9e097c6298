// A node of an equation as an expression of Python.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "norm/equation/equation.h"

namespace normlab::equation {

// What stands where in a map: [N, C, H, W], or [N, G, K, H, W] where channels are divided.
class PytorchAxes {
 public:
  explicit PytorchAxes(const Equation& equation);

  bool divides_channels() const { return divides_channels_; }
  // "(0, 2, 3)", "1"
  std::string Dimensions(Axes axes) const;
  // A stored value, whose shape has the axes that it has alone, at its place in a map.
  std::string AtItsPlace(const std::string& stored, Axes axes) const;

 private:
  bool divides_channels_ = false;
};

// `pooled.mean((0, 2, 3), keepdim=True)`; `pooled` is an expression that a method can be called on.
std::string PytorchReduction(const PytorchAxes& axes, const Node& reduction,
                             const std::string& pooled);

// The expression of a node. Statements before `statement` stand by their names, s_...; learned
// values as l_... (numbers as self....), running values as r_... .
std::string PytorchExpression(const Equation& equation, const PytorchAxes& axes, std::size_t node,
                              std::size_t statement);

// As above, in brackets where a method could not be called on it.
std::string PytorchOperand(const Equation& equation, const PytorchAxes& axes, std::size_t node,
                           std::size_t statement);

}  // namespace normlab::equation
