// x ^ y on vectors of floats, as std::pow has it: NaN of a negative base with an exponent that is
// not whole, 1 of anything ^ 0 and 1 ^ anything, and what IEEE 754 says of zeros and infinities.
//
// By exp(y log x) in double, which Highway has with 2^-50 (its exceptional values are selected
// here): a float exponent multiplies the error of a float logarithm by up to 2^7, so float alone
// does not do, and pairs of floats are no faster. Largest error 0.5001 units of the exact result's
// last place; a vector takes as long as 18 Exp, so PowerOf knows the exponents that need none of
// it: -2, -1, -1/2, 0, 1/2, 1, 2, 3 and 4, 2 units.
#if defined(NORMLAB_NORM_POWER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_NORM_POWER_INL_H_
#undef NORMLAB_NORM_POWER_INL_H_
#else
#define NORMLAB_NORM_POWER_INL_H_
#endif

#include <limits>

#include "hwy/contrib/math/math-inl.h"
#include "hwy/highway.h"
#include "operations/fast/functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR
using HalfTag = FloatTag;
#else
using HalfTag = hn::Half<FloatTag>;
#endif
using HalfVector = hn::Vec<HalfTag>;
using DoubleTag = hn::Rebind<double, HalfTag>;
using DoubleVector = hn::Vec<DoubleTag>;

HWY_INLINE HalfVector Rounded(DoubleVector value) {
#if HWY_TARGET == HWY_SCALAR
  // Highway's would stop at the largest float.
  return hn::Set(HalfTag(), static_cast<float>(hn::GetLane(value)));
#else
  return hn::DemoteTo(HalfTag(), value);
#endif
}

// base ^ exponent for base >= 0.
HWY_INLINE HalfVector PowerOfPositive(HalfVector base, HalfVector exponent) {
  const DoubleTag d;
  const DoubleVector infinity = hn::Set(d, std::numeric_limits<double>::infinity());
  const DoubleVector wide = hn::PromoteTo(d, base);
  // Every float but 0 is a normal double, infinity and NaN are their own logarithms.
  DoubleVector log = hn::Log(d, wide);
  log = hn::IfThenElse(hn::Lt(wide, infinity), log, wide);
  log = hn::IfThenElse(hn::Eq(wide, hn::Zero(d)), hn::Neg(infinity), log);
  const DoubleVector product = hn::Mul(log, hn::PromoteTo(d, exponent));
  // Beyond float's range at 200 already; of NaN Highway's exponential makes 0.
  const DoubleVector within = hn::Max(hn::Min(product, hn::Set(d, 200.0)), hn::Set(d, -200.0));
  return Rounded(hn::IfThenElse(hn::Eq(product, product), hn::Exp(d, within), product));
}

HWY_INLINE FloatVector PowerOfSize(FloatVector base, FloatVector exponent) {
  const FloatVector size = hn::Abs(base);
#if HWY_TARGET == HWY_SCALAR
  return PowerOfPositive(size, exponent);
#else
  const HalfTag half;
  return hn::Combine(FloatTag(),
                     PowerOfPositive(hn::UpperHalf(half, size), hn::UpperHalf(half, exponent)),
                     PowerOfPositive(hn::LowerHalf(half, size), hn::LowerHalf(half, exponent)));
#endif
}

HWY_INLINE FloatVector Power(FloatVector base, FloatVector exponent) {
  const FloatTag d;
  const FloatVector zero = hn::Zero(d), one = Constant(1.0f);
  const FloatVector infinity = Constant(std::numeric_limits<float>::infinity());
  const FloatVector half = hn::Mul(exponent, Constant(0.5f));
  const auto whole = hn::Eq(hn::Round(exponent), exponent);
  const auto odd = hn::And(whole, hn::Ne(hn::Round(half), half));
  const FloatVector sign = hn::IfThenElseZero(odd, hn::And(base, hn::SignBit(d)));
  FloatVector power = hn::Xor(PowerOfSize(base, exponent), sign);

  const auto negative = hn::And(hn::Lt(base, zero), hn::Gt(base, hn::Neg(infinity)));
  power = hn::IfThenElse(hn::AndNot(whole, negative),
                         Constant(std::numeric_limits<float>::quiet_NaN()), power);
  const auto endless_of_minus_one =
      hn::And(hn::Eq(base, hn::Neg(one)), hn::Eq(hn::Abs(exponent), infinity));
  const auto is_one = hn::Or(hn::Eq(exponent, zero), hn::Eq(base, one));
  return hn::IfThenElse(hn::Or(is_one, endless_of_minus_one), one, power);
}

// One exponent for all lanes.
HWY_INLINE FloatVector PowerOf(FloatVector base, float exponent) {
  const FloatVector square = hn::Mul(base, base);
  if (exponent == 2.0f) return square;
  if (exponent == 0.0f) return Constant(1.0f);
  if (exponent == 1.0f) return base;
  if (exponent == 3.0f) return hn::Mul(square, base);
  if (exponent == 4.0f) return hn::Mul(square, square);
  if (exponent == -1.0f) return Reciprocal(base);
  if (exponent == -2.0f) {
    // Not 1 / square, which is 0 where the square overflows.
    const FloatVector reciprocal = Reciprocal(base);
    return hn::Mul(reciprocal, reciprocal);
  }
  if (exponent == 0.5f || exponent == -0.5f) {
    // -0 and minus infinity have the roots of 0 and infinity here.
    const FloatVector infinity = Constant(std::numeric_limits<float>::infinity());
    const FloatVector root = SquareRoot(hn::IfThenElse(hn::Eq(base, hn::Neg(infinity)), infinity,
                                                       hn::Add(base, hn::Zero(FloatTag()))));
    return exponent > 0 ? root : Reciprocal(root);
  }
  return Power(base, Constant(exponent));
}

HWY_INLINE Lanes Power(const Lanes& base, const Lanes& exponent) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = Power(base.v[i], exponent.v[i]);
  return lanes;
}
HWY_INLINE Lanes PowerOf(const Lanes& base, float exponent) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = PowerOf(base.v[i], exponent);
  return lanes;
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_NORM_POWER_INL_H_
