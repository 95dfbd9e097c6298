// What is said of a method, from the registry's row alone: a new row needs no sentence of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "norm/norm.h"

namespace normlab {

// One paragraph: why one normalizes at all and what this method's statistics mean, with sources.
std::string WhyText(const NormMethod& method);

// Its two halves, for pages that show several methods: what holds for all that subtract a mean, and
// what is this method's own.
std::string WhyNormalizeText();
std::string StatisticsText(const NormMethod& method);  // of one that is explained

// Whether its arithmetic can be worked out and its formulas told: the family of moments, and none.
bool IsExplained(const NormMethod& method);

// FindNormMethod; throws UsageError where the method is not explained.
const NormMethod& FindExplainedMethod(std::string_view name);

// The formulas in plain text, a line each.
std::vector<std::string> FormulaLines(const NormMethod& method, bool uses_running);

}  // namespace normlab
