// A node's expression in which the place of each value that it reads is left open, for a name or a
// number.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "norm/equation/equation.h"

namespace normlab::equation {

struct FormulaPiece {
  std::string text;
  std::optional<std::size_t> node = {};  // instead of a text
};

// What is read are x, learned and running values, keys, ramps, statements, and reductions within
// the expression.
std::vector<FormulaPiece> FormulaOf(const Equation& equation, std::size_t node);

// "x", "weight", "m", "eps": what a node that a formula reads is called.
std::string SymbolText(const Equation& equation, std::size_t node);

// Whether an equation names a part of C: G, K, groups. Of N: B, M, ghost.
bool DividesChannels(const Equation& equation);
bool DividesImages(const Equation& equation);

}  // namespace normlab::equation
