// A network's plan as text: what the engines run, and how the fast one lays it out.
#pragma once

#include <string>

#include "model/plan.h"
#include "operations/fast/simd.h"

namespace normlab {

// Sections of aligned columns: values, parameters, states and operations in the order of a pass.
// Fusions and memory are those of the fast engine with this instruction set.
std::string PlanText(const Plan& plan, Simd simd);

}  // namespace normlab
