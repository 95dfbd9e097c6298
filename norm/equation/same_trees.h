// Which equations, and which expressions of one, are the same but for the names of statements and
// learned values.
#pragma once

#include <cstddef>
#include <vector>

#include "norm/equation/method.h"

namespace normlab::equation {

// Nodes, statements, learned values' axes and running values in the same order; constants alike.
bool SameTrees(const Equation& a, const Equation& b);

// Also what the tables say of learned values.
bool SameMethod(const Method& a, const Method& b);

// The method where every group is one channel: no reduction pools the channels of a group, but for
// those that pool nothing else.
Method OfSingleChannels(Method method);

// Of each node the first one that is the same expression, and so has the same values.
std::vector<std::size_t> SameExpressions(const Equation& equation);

}  // namespace normlab::equation
