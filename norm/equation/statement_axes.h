// The axes of every statement's value, before any name is looked up.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "norm/equation/syntax.h"

namespace normlab::equation {

// `input`: what the map is called, which has all axes. A running value may be read before the
// statement that keeps it, and by itself, so axes grow from none until no more come. Mistakes are
// left for later: an unknown name has no axes.
std::map<std::string, Axes> StatementAxes(const std::vector<SyntaxStatement>& trees,
                                          const std::string& input);

}  // namespace normlab::equation
