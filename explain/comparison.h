// Two normalizations of the same tensor: where they part, and why.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "explain/worked_example.h"

namespace normlab {

// Values of y differ when |a - b| > kSameOutput * max(1, |a|, |b|): rounding is far below.
inline constexpr double kSameOutput = 1e-12;

struct NormComparison {
  WorkedExample a, b;
  std::vector<std::size_t> differing;  // values of y, row-major
  std::string reason;                  // why they never differ; empty where they do
};

// Both have the same x.
NormComparison CompareNorms(WorkedExample a, WorkedExample b);

std::string ComparisonText(const NormComparison& comparison, bool color);
std::string ComparisonMarkdown(const NormComparison& comparison);
nlohmann::ordered_json ComparisonJson(const NormComparison& comparison);

}  // namespace normlab
