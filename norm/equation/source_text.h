// Parts of an equation in the language of docs/equations.md, with the fewest brackets: what was
// written, but for blanks, superfluous brackets and how a number is written.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "norm/equation/equation.h"

namespace normlab::equation {

// "avg[N H W]"
std::string ReductionText(const Equation& equation, const Node& reduction);

// What a node is called where others read it: the name of the first statement that it is the value
// of; else its expression.
std::string NodeText(const Equation& equation, std::size_t node);

// Its expression, also of a statement's value. Statements within stand by their names, so that no
// text is longer than the equation's own.
std::string ExpressionText(const Equation& equation, std::size_t node);

// The same with other texts, names or numbers, in the places of the nodes below it that `named`
// gives one for.
using NodeNames = std::function<std::optional<std::string>(std::size_t node)>;
std::string ExpressionText(const Equation& equation, std::size_t node, const NodeNames& named);

// "m = avg[N H W](x)"
std::string StatementText(const Equation& equation, std::size_t statement);

// The index of the first statement that a node is the value of; npos where there is none.
inline constexpr std::size_t kNoStatement = static_cast<std::size_t>(-1);
std::size_t StatementOf(const Equation& equation, std::size_t node);

// The index of the statement in whose line a node stands.
std::size_t StatementAround(const Equation& equation, std::size_t node);

}  // namespace normlab::equation
