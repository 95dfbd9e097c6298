// Whether two equations are one but for the names of statements and learned values.
#pragma once

#include "norm/equation/method.h"

namespace normlab::equation {

// Nodes, statements, learned values' axes and running values in the same order; constants alike.
bool SameTrees(const Equation& a, const Equation& b);

// Also what the tables say of learned values.
bool SameMethod(const Method& a, const Method& b);

}  // namespace normlab::equation
