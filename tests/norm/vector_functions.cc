#include "tests/norm/vector_functions.h"

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/norm/vector_functions.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "norm/fast/functions-inl.h"
#include "norm/fast/power-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

template <Lanes (*function)(const Lanes&)>
void Each(const float* x, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kBlock) StoreLanes(function(LoadLanes(x + i)), y + i);
}

void ApplyFunctionFor(VectorFunction function, const float* x, float* y, std::size_t count) {
  switch (function) {
    case VectorFunction::kExp:
      return Each<Exp>(x, y, count);
    case VectorFunction::kLog:
      return Each<Log>(x, y, count);
    case VectorFunction::kTanh:
      return Each<Tanh>(x, y, count);
    case VectorFunction::kSigmoid:
      return Each<Sigmoid>(x, y, count);
    case VectorFunction::kSoftplus:
      return Each<Softplus>(x, y, count);
    case VectorFunction::kErf:
      return Each<Erf>(x, y, count);
    case VectorFunction::kSquareRoot:
      return Each<SquareRoot>(x, y, count);
    case VectorFunction::kReciprocal:
      return Each<Reciprocal>(x, y, count);
  }
}

void ApplyPowerFor(const float* base, const float* exponent, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kBlock) {
    StoreLanes(Power(LoadLanes(base + i), LoadLanes(exponent + i)), y + i);
  }
}

void ApplyPowerOfFor(const float* base, float exponent, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; i += kBlock) {
    StoreLanes(PowerOf(LoadLanes(base + i), exponent), y + i);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
void ApplyFunction(Simd simd, VectorFunction function, const float* x, float* y,
                   std::size_t count) {
  NORMLAB_DISPATCH(simd, ApplyFunctionFor(function, x, y, count));
}
void ApplyPower(Simd simd, const float* base, const float* exponent, float* y, std::size_t count) {
  NORMLAB_DISPATCH(simd, ApplyPowerFor(base, exponent, y, count));
}
void ApplyPowerOf(Simd simd, const float* base, float exponent, float* y, std::size_t count) {
  NORMLAB_DISPATCH(simd, ApplyPowerOfFor(base, exponent, y, count));
}
}  // namespace normlab
#endif
