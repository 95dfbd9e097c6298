#include "norm/equation/functions.h"

#include <algorithm>
#include <cassert>

namespace normlab::equation {

const std::vector<FunctionWords>& Functions() {
  static const std::vector<FunctionWords> functions = {
      {Function::kSqrt, "sqrt", 1},         {Function::kExp, "exp", 1},
      {Function::kLog, "log", 1},           {Function::kAbs, "abs", 1},
      {Function::kTanh, "tanh", 1},         {Function::kSigmoid, "sigmoid", 1},
      {Function::kSoftplus, "softplus", 1}, {Function::kErf, "erf", 1},
      {Function::kRelu, "relu", 1},         {Function::kMax, "max", 2},
      {Function::kMin, "min", 2},           {Function::kClip, "clip", 3},
      {Function::kStop, "stop", 1},
  };
  return functions;
}

const std::vector<ReductionWords>& Reductions() {
  static const std::vector<ReductionWords> reductions = {
      {Reduction::kAvg, "avg", "the mean"},
      {Reduction::kSum, "sum", "the sum"},
      {Reduction::kVar, "var", "the mean squared distance from the mean (biased)"},
      {Reduction::kMax, "max", "the largest value; equal ones share its gradient"},
      {Reduction::kMin, "min", "the smallest value; equal ones share its gradient"},
      {Reduction::kNorm, "norm", "the root of the sum of squares; its gradient at zero is zero"},
  };
  return reductions;
}

const FunctionWords* FindFunction(std::string_view name) {
  const auto found = std::ranges::find(Functions(), name, &FunctionWords::name);
  return found == Functions().end() ? nullptr : &*found;
}

const ReductionWords* FindReduction(std::string_view name) {
  const auto found = std::ranges::find(Reductions(), name, &ReductionWords::name);
  return found == Reductions().end() ? nullptr : &*found;
}

Function BinaryFunction(std::string_view sign) {
  constexpr std::string_view kSigns = "+-*/^";
  constexpr Function kFunctions[] = {Function::kAdd, Function::kSubtract, Function::kMultiply,
                                     Function::kDivide, Function::kPower};
  const std::size_t place = kSigns.find(sign);
  assert(sign.size() == 1 && place != std::string_view::npos);
  return kFunctions[place];
}

}  // namespace normlab::equation
