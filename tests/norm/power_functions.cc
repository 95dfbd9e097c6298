#include "tests/norm/power_functions.h"

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/norm/power_functions.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "norm/fast/power-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

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
void ApplyPower(Simd simd, const float* base, const float* exponent, float* y, std::size_t count) {
  NORMLAB_DISPATCH(simd, ApplyPowerFor(base, exponent, y, count));
}
void ApplyPowerOf(Simd simd, const float* base, float exponent, float* y, std::size_t count) {
  NORMLAB_DISPATCH(simd, ApplyPowerOfFor(base, exponent, y, count));
}
}  // namespace normlab
#endif
