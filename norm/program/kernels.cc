#include "norm/program/kernels.h"

#include <cassert>

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "norm/program/kernels.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "norm/program/elementwise-inl.h"
#include "norm/program/reductions-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

using program::Instruction;
using program::Kernel;
using program::KernelId;

template <int count, LinearGate gate>
Kernel ShiftedOrNot(const Instruction& instruction) {
  return instruction.shifts ? Linear<count, true, gate> : Linear<count, false, gate>;
}

template <int count>
Kernel LinearFor(const Instruction& instruction) {
  if (!instruction.gated) return ShiftedOrNot<count, LinearGate::kOpen>(instruction);
  return instruction.numbers[0] == 0 ? ShiftedOrNot<count, LinearGate::kPositive>(instruction)
                                     : ShiftedOrNot<count, LinearGate::kSlope>(instruction);
}

Kernel LinearOf(const Instruction& instruction) {
  switch (instruction.inputs.size()) {
    case 0:
      return LinearFor<0>(instruction);
    case 1:
      return LinearFor<1>(instruction);
    case 2:
      return LinearFor<2>(instruction);
    case 3:
      return LinearFor<3>(instruction);
    default:
      return LinearFor<4>(instruction);
  }
}

Kernel WeightedOf(const Instruction& instruction) {
  constexpr Kernel kKernels[] = {Weighted<0>, Weighted<1>, Weighted<2>, Weighted<3>, Weighted<4>};
  return kKernels[instruction.inputs.size()];
}

template <FloatVector (*function)(FloatVector)>
Kernel UnaryOf(const Instruction& instruction) {
  return instruction.of_linear ? UnaryOfLinear<function> : Unary<function>;
}

template <int count>
Kernel MultiplyOf(const Instruction& instruction) {
  if (instruction.gives_linear) {
    return instruction.shifts ? Multiply<count, true, true> : Multiply<count, false, true>;
  }
  return instruction.shifts ? Multiply<count, true, false> : Multiply<count, false, false>;
}

template <int count>
Kernel AddUpProductsOf(const Instruction& instruction) {
  return instruction.shifts ? AddUpProducts<count, true> : AddUpProducts<count, false>;
}

template <FloatVector (*function)(FloatVector, FloatVector)>
Kernel BinaryOf(const Instruction& instruction) {
  if (instruction.constants.empty()) return Binary<function>;
  if (instruction.of_linear) {
    return instruction.constant_first ? BinaryWithConstant<function, true, true>
                                      : BinaryWithConstant<function, false, true>;
  }
  return instruction.constant_first ? BinaryWithConstant<function, true, false>
                                    : BinaryWithConstant<function, false, false>;
}

Kernel FunctionOf(const Instruction& instruction) {
  switch (instruction.id) {
    case KernelId::kReciprocal:
      return UnaryOf<Reciprocal>(instruction);
    case KernelId::kSqrt:
      return UnaryOf<SquareRoot>(instruction);
    case KernelId::kExp:
      return UnaryOf<Exp>(instruction);
    case KernelId::kLog:
      return UnaryOf<Log>(instruction);
    case KernelId::kAbs:
      return UnaryOf<AbsoluteValue>(instruction);
    case KernelId::kTanh:
      return UnaryOf<Tanh>(instruction);
    case KernelId::kSigmoid:
      return UnaryOf<Sigmoid>(instruction);
    case KernelId::kSoftplus:
      return UnaryOf<Softplus>(instruction);
    case KernelId::kErf:
      return UnaryOf<Erf>(instruction);
    case KernelId::kRelu:
      return UnaryOf<PositivePart>(instruction);
    case KernelId::kStep:
      return UnaryOf<IsPositive>(instruction);
    case KernelId::kSign:
      return UnaryOf<SignOf>(instruction);
    case KernelId::kMax:
      return BinaryOf<Larger>(instruction);
    case KernelId::kMin:
      return BinaryOf<Smaller>(instruction);
    case KernelId::kPower:
      return BinaryOf<Power>(instruction);
    case KernelId::kShare:
      return BinaryOf<ShareOfLarger>(instruction);
    case KernelId::kEqual:
      return BinaryOf<AreEqual>(instruction);
    case KernelId::kBelow:
      return BinaryOf<IsBelow>(instruction);
    case KernelId::kQuotient:
      return BinaryOf<Quotient>(instruction);
    case KernelId::kRatio:
      return BinaryOf<RatioWherePositive>(instruction);
    case KernelId::kClip:
      return Ternary<Clipped>;
    case KernelId::kInside:
      return Ternary<IsInside>;
    case KernelId::kOnlyAbove:
      return Ternary<IsOnlyAbove>;
    default:
      assert(false && "a function");
      return nullptr;
  }
}

Kernel KernelOf(const Instruction& instruction) {
  const bool has_three = instruction.inputs.size() == 3;
  switch (instruction.id) {
    case KernelId::kSpread:
      return Spread;
    case KernelId::kFill:
      return Fill;
    case KernelId::kMask:
      return Mask;
    case KernelId::kLinear:
      return LinearOf(instruction);
    case KernelId::kMultiply:
      return has_three ? MultiplyOf<3>(instruction) : MultiplyOf<2>(instruction);
    case KernelId::kWeighted:
      return WeightedOf(instruction);
    case KernelId::kAddUp:
      return AddUp;
    case KernelId::kAddUpProducts:
      return has_three ? AddUpProductsOf<3>(instruction) : AddUpProductsOf<2>(instruction);
    case KernelId::kAddUpBoth:
      return instruction.shifts ? AddUpBoth<true> : AddUpBoth<false>;
    case KernelId::kLargest:
      return Extreme<true>;
    case KernelId::kSmallest:
      return Extreme<false>;
    case KernelId::kMergeMoments:
      return MergeMoments;
    case KernelId::kPut:
      return PutSums;
    default:
      return FunctionOf(instruction);
  }
}

}  // namespace

program::KernelTable Kernels() { return KernelOf; }

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab::program {
KernelTable KernelsFor(Simd simd) { NORMLAB_DISPATCH(simd, Kernels()); }
}  // namespace normlab::program
#endif
