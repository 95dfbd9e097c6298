#include "tests/operations/vector_functions.h"

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/operations/vector_functions.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/functions-inl.h"
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
}  // namespace normlab
#endif
