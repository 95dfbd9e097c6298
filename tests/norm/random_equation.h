// Random equations that are well formed, for tests that hold the forms of an equation to each
// other: every function, reduction and set of axes may come, values stay tame enough for float32.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "norm/equation/equation.h"

namespace normlab::equation {

struct Range {
  double low = 0, high = 0;
};

// Where x of a random equation lies.
inline constexpr Range kInputRange = {-5, 15};

struct RandomEquation {
  std::string text;
  std::map<std::string, Range> statements;  // where the values of each lie, roughly
};

// The same for the same seed.
RandomEquation MakeRandomEquation(std::uint64_t seed);

// Where the learned values of a random equation lie: gains (w...) around 1, others around 0.
Range LearnedRange(const std::string& name);

// Whether a reduction over images is of a value that depends on an earlier one.
bool ChainsImageReductions(const Equation& equation);
bool ReadsRunningValues(const Equation& equation);

}  // namespace normlab::equation
