// Where the functions of an equation stand near a kink.
#pragma once

#include <cstddef>
#include <vector>

#include "tests/norm/equation_case.h"

namespace normlab::equation {

// The values of nodes that must move, by node; empty where none of it must.
using Marks = std::vector<std::vector<bool>>;

// As NearKink tells, after a forward pass of `twin` of that case.
Marks NearKinks(const EquationCase& one, const Twin<double>& twin, bool training);
bool Any(const Marks& marks);

// Nodes whose values move with x.
std::vector<bool> DependsOnX(const Equation& equation);

}  // namespace normlab::equation
