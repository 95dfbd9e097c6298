// Elementary functions on vectors of floats, for equations and activations; chosen by selection and
// never by a branch.
//
// Every one of the 2^32 floats is an argument: of NaN they are NaN, overflow is infinite, denormals
// are numbers. The largest error, relative over the whole range, in units of the exact result's
// last place (of 2^-149 where that is denormal or less):
//
//   Exp 1.04   Log 1.14   Tanh 2.5   Sigmoid 2.41   Softplus 2.28   Erf 2.66
//   SquareRoot and Reciprocal 0.5: IEEE 754's
//
// Measured over all floats against the C library in double, with AVX-512, AVX2, SSE4 and the scalar
// build (tests/operations/functions_test.cc, NORMLAB_FLOAT_STRIDE=1). Sets with a fused
// multiply-add give the same bits, and so do sets without.
//
// Highway 1.0.3 has Exp, Log and Tanh too, but its Exp is NaN from 178 on and 0 of NaN, its Log is
// -105 of 0, 177 of -1 and 89 of NaN, and its Tanh takes twice as long.
//
// Exponents are reduced as by Cody and Waite, "Software Manual for the Elementary Functions", 1980;
// scripts/minimax.py computes the coefficients.
#if defined(NORMLAB_ENGINE_FUNCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_FUNCTIONS_INL_H_
#undef NORMLAB_ENGINE_FUNCTIONS_INL_H_
#else
#define NORMLAB_ENGINE_FUNCTIONS_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <limits>

#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

using IntegerTag = hn::Rebind<std::int32_t, FloatTag>;
using IntegerVector = hn::Vec<IntegerTag>;

HWY_INLINE FloatVector Constant(float value) { return hn::Set(FloatTag(), value); }

// Horner's scheme; coefficients from the lowest power up.
template <std::size_t count>
HWY_INLINE FloatVector Polynomial(FloatVector x, const float (&coefficients)[count]) {
  FloatVector sum = Constant(coefficients[count - 1]);
  for (std::size_t k = count - 1; k-- > 0;) sum = hn::MulAdd(sum, x, Constant(coefficients[k]));
  return sum;
}

// The smaller or the larger one of x and a number; NaN stays NaN: of two of which one is NaN, x86
// takes the second.
HWY_INLINE FloatVector NotAbove(FloatVector x, float limit) {
#if HWY_TARGET == HWY_SCALAR
  return hn::IfThenElse(hn::Gt(x, Constant(limit)), Constant(limit), x);
#else
  return hn::Min(Constant(limit), x);
#endif
}
HWY_INLINE FloatVector NotBelow(FloatVector x, float limit) {
#if HWY_TARGET == HWY_SCALAR
  return hn::IfThenElse(hn::Lt(x, Constant(limit)), Constant(limit), x);
#else
  return hn::Max(Constant(limit), x);
#endif
}

// x = whole * ln 2 + rest, |rest| <= ln 2 / 2 and a little, for |x| < 170.
struct ReducedExponent {
  FloatVector whole;
  IntegerVector whole_as_exponent;  // whole * 2^23
  FloatVector rest;
};
HWY_INLINE ReducedExponent ReduceExponent(FloatVector x) {
  // Between 2^23 and 2^24 floats are whole numbers: the sum is rounded to one.
  const FloatVector shift = Constant(0x1.8p23f);
  const FloatVector shifted = hn::MulAdd(x, Constant(1.44269504f), shift);
  ReducedExponent reduced;
  reduced.whole = hn::Sub(shifted, shift);
  reduced.whole_as_exponent = hn::ShiftLeft<23>(hn::BitCast(IntegerTag(), shifted));
  // ln 2 in two parts; the first has 16 bits, so its product with a whole number is exact.
  const FloatVector rest = hn::NegMulAdd(reduced.whole, Constant(0.693145752f), x);
  reduced.rest = hn::NegMulAdd(reduced.whole, Constant(1.42860677e-6f), rest);
  return reduced;
}

// exp(r) - 1 for |r| <= ln 2 / 2.
HWY_INLINE FloatVector SmallExpMinusOne(FloatVector r) {
  static constexpr float kCoefficients[] = {0.49999997f, 0.166665375f, 0.0416677408f,
                                            0.00836731866f, 0.00138375186f};
  return hn::MulAdd(Polynomial(r, kCoefficients), hn::Mul(r, r), r);
}

// 2^whole for -126 <= whole <= 127.
HWY_INLINE FloatVector PowerOfTwo(IntegerVector whole_as_exponent) {
  const IntegerVector one = hn::Set(IntegerTag(), 0x3F800000);
  return hn::BitCast(FloatTag(), hn::Add(whole_as_exponent, one));
}

// value * 2^whole, rounded once where that is denormal.
HWY_INLINE FloatVector Scale(FloatVector value, const ReducedExponent& by) {
#if HWY_TARGET == HWY_AVX3
  return FloatVector{_mm512_scalef_ps(value.raw, by.whole.raw)};
#else
  const IntegerVector exponent_bits = hn::Set(IntegerTag(), -0x800000);
  const IntegerVector half = hn::And(hn::ShiftRight<1>(by.whole_as_exponent), exponent_bits);
  const IntegerVector other_half = hn::Sub(by.whole_as_exponent, half);
  return hn::Mul(hn::Mul(value, PowerOfTwo(half)), PowerOfTwo(other_half));
#endif
}

// For x <= 89.
HWY_INLINE FloatVector ExpNotAbove(FloatVector x) {
  // exp(-104) is less than half of the smallest denormal.
  const ReducedExponent reduced = ReduceExponent(NotBelow(x, -104.0f));
  return Scale(hn::Add(SmallExpMinusOne(reduced.rest), Constant(1.0f)), reduced);
}

HWY_INLINE FloatVector Exp(FloatVector x) { return ExpNotAbove(NotAbove(x, 89.0f)); }

// exp(x) - 1 for -80 <= x <= 0, without cancellation near 0.
HWY_INLINE FloatVector ExpMinusOneOfNegative(FloatVector x) {
  const ReducedExponent reduced = ReduceExponent(x);
  const FloatVector scale = PowerOfTwo(reduced.whole_as_exponent);
  return hn::MulAdd(SmallExpMinusOne(reduced.rest), scale, hn::Sub(scale, Constant(1.0f)));
}

HWY_INLINE FloatVector Log(FloatVector x) {
  static constexpr float kCoefficients[] = {0.333333135f,  -0.250001669f, 0.200022236f,
                                            -0.166593581f, 0.142095521f,  -0.125500664f,
                                            0.121098727f,  -0.109153636f, 0.053197965f};
  const FloatVector infinity = Constant(std::numeric_limits<float>::infinity());
  const auto denormal = hn::Lt(x, Constant(std::numeric_limits<float>::min()));
  const FloatVector normal = hn::IfThenElse(denormal, hn::Mul(x, Constant(0x1p23f)), x);
  // normal = 2^exponent * (1 + f), 1 + f between sqrt(1/2) and sqrt(2)
  const IntegerVector bits = hn::BitCast(IntegerTag(), normal);
  const IntegerVector from_root = hn::Sub(bits, hn::Set(IntegerTag(), 0x3F3504F3));
  const FloatVector f = hn::Sub(
      hn::BitCast(FloatTag(), hn::Sub(bits, hn::And(from_root, hn::Set(IntegerTag(), -0x800000)))),
      Constant(1.0f));
  const FloatVector exponent = hn::Sub(hn::ConvertTo(FloatTag(), hn::ShiftRight<23>(from_root)),
                                       hn::IfThenElseZero(denormal, Constant(23.0f)));
  const FloatVector square = hn::Mul(f, f);
  FloatVector sum = hn::Mul(hn::Mul(square, f), Polynomial(f, kCoefficients));
  sum = hn::MulAdd(exponent, Constant(1.42860677e-6f), sum);
  sum = hn::Add(f, hn::NegMulAdd(square, Constant(0.5f), sum));
  sum = hn::MulAdd(exponent, Constant(0.693145752f), sum);
  const FloatVector zero = hn::Zero(FloatTag());
  const FloatVector not_positive = hn::IfThenElse(
      hn::Eq(x, zero), hn::Neg(infinity), Constant(std::numeric_limits<float>::quiet_NaN()));
  sum = hn::IfThenElse(hn::Le(x, zero), not_positive, sum);
  return hn::IfThenElse(hn::Lt(x, infinity), sum, x);
}

// By e = exp(-2 |x|): near 0 as (1 - e) / (1 + e), without cancellation in 1 - e; else, so that
// 1 - tanh^2 keeps its digits, as 1 - 2 e / (1 + e). At 10 it is 1 to the last bit.
HWY_INLINE FloatVector Tanh(FloatVector x) {
  const FloatVector size = NotAbove(hn::Abs(x), 10.0f), one = Constant(1.0f);
  const auto near = hn::Lt(size, Constant(0.55f));
  const ReducedExponent reduced = ReduceExponent(hn::Mul(size, Constant(-2.0f)));
  const FloatVector scale = PowerOfTwo(reduced.whole_as_exponent);
  const FloatVector rest = SmallExpMinusOne(reduced.rest);
  const FloatVector e = hn::MulAdd(rest, scale, scale);
  const FloatVector e_minus_one = hn::MulAdd(rest, scale, hn::Sub(scale, one));
  const FloatVector ratio =
      hn::Div(hn::IfThenElse(near, e_minus_one, hn::Add(e, e)),
              hn::IfThenElse(near, hn::Add(e_minus_one, Constant(2.0f)), hn::Add(e, one)));
  return hn::CopySign(hn::Sub(hn::IfThenElse(near, hn::Zero(FloatTag()), one), ratio), x);
}

// By e = exp(-|x|): 1 / (1 + e), and e / (1 + e) where x is negative.
HWY_INLINE FloatVector Sigmoid(FloatVector x) {
  const FloatVector one = Constant(1.0f);
  const FloatVector e = ExpNotAbove(hn::Neg(hn::Abs(x)));
  return hn::Div(hn::IfThenElse(hn::Lt(x, hn::Zero(FloatTag())), e, one), hn::Add(one, e));
}

// Sigmoid of x and of -x, which together are 1, each with its own digits.
struct SigmoidPair {
  FloatVector of_x, of_minus_x;
};
HWY_INLINE SigmoidPair Sigmoids(FloatVector x) {
  const FloatVector one = Constant(1.0f);
  const FloatVector e = ExpNotAbove(hn::Neg(hn::Abs(x)));
  const FloatVector larger = hn::Div(one, hn::Add(one, e));
  const FloatVector smaller = hn::Mul(e, larger);
  const auto negative = hn::Lt(x, hn::Zero(FloatTag()));
  return {hn::IfThenElse(negative, smaller, larger), hn::IfThenElse(negative, larger, smaller)};
}

// max(x, 0) + log(1 + e), e = exp(-|x|)
HWY_INLINE FloatVector Softplus(FloatVector x) {
  static constexpr float kCoefficients[] = {-0.499999315f, 0.333304644f,  -0.24958019f,
                                            0.196921021f,  -0.153448805f, 0.106611282f,
                                            -0.057457231f, 0.0200862419f, -0.00329046859f};
  const FloatVector e = ExpNotAbove(hn::Neg(hn::Abs(x)));
  const FloatVector log = hn::MulAdd(hn::Mul(e, e), Polynomial(e, kCoefficients), e);
  return hn::Add(NotBelow(x, 0.0f), log);
}

// 1 - exp(-y), y = -log(1 - erf |x|), which is smooth. At 4 erf is 1 to the last bit.
HWY_INLINE FloatVector Erf(FloatVector x) {
  static constexpr float kCoefficients[] = {0.636619508f,     0.102776878f,    -0.0191499814f,
                                            -0.000165500474f, 0.00167168712f,  -0.000635203382f,
                                            0.000118266915f,  -9.32331113e-06f};
  const FloatVector size = NotAbove(hn::Abs(x), 4.0f);
  // y = 2 / sqrt(pi) size + size^2 P(size), the first factor in two parts.
  const FloatVector rest =
      hn::MulAdd(Polynomial(size, kCoefficients), size, Constant(-5.86353828e-08f));
  const FloatVector y = hn::MulAdd(size, Constant(1.12837923f), hn::Mul(size, rest));
  return hn::CopySign(ExpMinusOneOfNegative(hn::Neg(y)), x);
}

HWY_INLINE FloatVector SquareRoot(FloatVector x) { return hn::Sqrt(x); }
HWY_INLINE FloatVector Reciprocal(FloatVector x) { return hn::Div(Constant(1.0f), x); }

// The same on 16 images.
template <FloatVector (*function)(FloatVector)>
HWY_INLINE Lanes EachVector(const Lanes& x) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = function(x.v[i]);
  return lanes;
}
HWY_INLINE Lanes Exp(const Lanes& x) { return EachVector<Exp>(x); }
HWY_INLINE Lanes Log(const Lanes& x) { return EachVector<Log>(x); }
HWY_INLINE Lanes Tanh(const Lanes& x) { return EachVector<Tanh>(x); }
HWY_INLINE Lanes Sigmoid(const Lanes& x) { return EachVector<Sigmoid>(x); }
HWY_INLINE Lanes Softplus(const Lanes& x) { return EachVector<Softplus>(x); }
HWY_INLINE Lanes Erf(const Lanes& x) { return EachVector<Erf>(x); }
HWY_INLINE Lanes SquareRoot(const Lanes& x) { return EachVector<SquareRoot>(x); }
HWY_INLINE Lanes Reciprocal(const Lanes& x) { return EachVector<Reciprocal>(x); }

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_FUNCTIONS_INL_H_
