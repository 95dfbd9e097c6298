// A network's plan for readers and for programs: what the engines run, and how the fast one lays it
// out.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "model/plan.h"
#include "operations/fast/simd.h"

namespace normlab {

// Sections of aligned columns: values, parameters, states and operations in the order of a pass.
// Fusions and memory are those of the fast engine with this instruction set.
std::string PlanText(const Plan& plan, Simd simd);

// The same sections as lists of objects, the columns' titles for names (docs/summary.md).
nlohmann::ordered_json PlanJson(const Plan& plan, Simd simd);

}  // namespace normlab
