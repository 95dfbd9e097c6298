// The functions and reductions of the language: one table, which the parser, the twin, the
// documentation and every renderer go by.
#pragma once

#include <string_view>
#include <vector>

namespace normlab::equation {

enum class Function {
  kNegate,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kPower,
  kSqrt,
  kExp,
  kLog,
  kAbs,
  kTanh,
  kSigmoid,
  kSoftplus,
  kErf,
  kRelu,
  kMax,   // halves ties
  kMin,   // halves ties
  kClip,  // (value, low, high); passes 1 at its bounds
  kStop,  // its value, and no gradient
};

enum class Reduction { kAvg, kSum, kVar, kMax, kMin, kNorm };

struct FunctionWords {
  Function function;
  std::string_view name;  // "+" to "^" and "-" are signs
  int arguments;
};
struct ReductionWords {
  Reduction reduction;
  std::string_view name;
  std::string_view meaning;
};

const std::vector<FunctionWords>& Functions();  // those that are written as name(...)
const std::vector<ReductionWords>& Reductions();

const FunctionWords* FindFunction(std::string_view name);    // null where there is none
const ReductionWords* FindReduction(std::string_view name);  // null where there is none
Function BinaryFunction(std::string_view sign);              // requires one of + - * / ^

}  // namespace normlab::equation
