// Two normalizations of the same tensor: where they part.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "explain/account.h"

namespace normlab {

// Values of y differ when |a - b| > kSameOutput * max(1, |a|, |b|): rounding is far below.
inline constexpr double kSameOutput = 1e-12;

struct NormComparison {
  WorkedExample a, b;
  std::vector<std::size_t> differing;  // values of y, row-major
  std::string reason;                  // why none does; empty where some do
};

// Both have the same x.
NormComparison CompareNorms(WorkedExample a, WorkedExample b);

Account ComparisonAccount(const NormComparison& comparison);
nlohmann::ordered_json ComparisonJson(const NormComparison& comparison);

}  // namespace normlab
