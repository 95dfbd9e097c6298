#include "bench/kernels/streams.h"

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "bench/kernels/streams.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

void PassForwardsFor(const float* HWY_RESTRICT x, float* HWY_RESTRICT y, std::size_t pixels,
                     int ratio) {
  for (std::size_t i = 0; i < pixels; ++i, y += kBlock) {
    Lanes sum = LoadLanes(x);
    x += kBlock;
    for (int k = 1; k < ratio; ++k, x += kBlock) sum = Plus(sum, LoadLanes(x));
    StoreLanes(sum, y);
  }
}

void PassBackwardsFor(const float* HWY_RESTRICT x, const float* HWY_RESTRICT dy,
                      float* HWY_RESTRICT dx, std::size_t pixels, int ratio) {
  for (std::size_t i = 0; i < pixels; ++i, dy += kBlock) {
    const Lanes gradient = LoadLanes(dy);
    for (int k = 0; k < ratio; ++k, x += kBlock, dx += kBlock) {
      StoreLanes(Plus(gradient, LoadLanes(x)), dx);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
void PassForwards(Simd simd, const float* x, float* y, std::size_t pixels, int ratio) {
  NORMLAB_DISPATCH(simd, PassForwardsFor(x, y, pixels, ratio));
}
void PassBackwards(Simd simd, const float* x, const float* dy, float* dx, std::size_t pixels,
                   int ratio) {
  NORMLAB_DISPATCH(simd, PassBackwardsFor(x, dy, dx, pixels, ratio));
}
}  // namespace normlab
#endif
