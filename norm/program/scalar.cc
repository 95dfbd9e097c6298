#include "norm/program/scalar.h"

#include <cassert>

#include "norm/equation/scalar_functions.h"

namespace normlab::program {
namespace {

using equation::Function;

double Kink(Op op, const double* a) {
  const bool below = a[0] < a[1];
  switch (op) {
    case Op::kShare:
      return a[0] > a[1] ? 1 : a[0] == a[1] ? 0.5 : 0;
    case Op::kEqual:
      return a[0] == a[1];
    case Op::kBelow:
      return below;
    case Op::kQuotient:
      return a[0] / a[1];
    case Op::kRatio:
      return a[1] > 0 ? a[0] / a[1] : 0;
    case Op::kInside:
      return !below && !(a[0] > a[2]);
    case Op::kOnlyAbove:
      return !below && a[0] > a[2];
    default:
      assert(false && "a function of a program");
      return 0;
  }
}

}  // namespace

double Evaluate(Op op, const double* a) {
  switch (op) {
    case Op::kStop:
      return a[0];
    case Op::kReciprocal:
      return 1 / a[0];
    case Op::kSqrt:
      return equation::Apply(Function::kSqrt, a);
    case Op::kExp:
      return equation::Apply(Function::kExp, a);
    case Op::kLog:
      return equation::Apply(Function::kLog, a);
    case Op::kAbs:
      return equation::Apply(Function::kAbs, a);
    case Op::kTanh:
      return equation::Apply(Function::kTanh, a);
    case Op::kSigmoid:
      return equation::Apply(Function::kSigmoid, a);
    case Op::kSoftplus:
      return equation::Apply(Function::kSoftplus, a);
    case Op::kErf:
      return equation::Apply(Function::kErf, a);
    case Op::kRelu:
      return equation::Apply(Function::kRelu, a);
    case Op::kStep:
      return a[0] > 0;
    case Op::kSign:
      return (a[0] > 0) - (a[0] < 0);
    case Op::kMax:
      return equation::Apply(Function::kMax, a);
    case Op::kMin:
      return equation::Apply(Function::kMin, a);
    case Op::kPower:
      return equation::Apply(Function::kPower, a);
    case Op::kClip:
      return equation::Apply(Function::kClip, a);
    default:
      return Kink(op, a);
  }
}

}  // namespace normlab::program
