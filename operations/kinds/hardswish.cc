// y = x min(max(x + 3, 0), 6) / 6 (Howard et al. 2019, MobileNetV3). Its slope is 0 at -3 and 1 at
// 3, as in PyTorch since its pull request 148049 of 2025; releases before took x / 3 + 1/2 there,
// -1/2 and 3/2, and vectors of them 1 at 3.
#include <algorithm>

#include "operations/activation_kind.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/kinds/hardswish.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/activation-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct Hardswish {
  static constexpr bool kOfOutput = false;
  explicit Hardswish(const Placement&) {}
  HWY_INLINE FloatVector Value(FloatVector x) const {
    const FloatVector within = NotAbove(NotBelow(hn::Add(x, Constant(3.0f)), 0.0f), 6.0f);
    return hn::Mul(x, hn::Mul(within, Constant(1.0f / 6.0f)));
  }
  HWY_INLINE FloatVector Gradient(FloatVector x, FloatVector dy) const {
    const FloatVector rising = hn::MulAdd(x, Constant(1.0f / 3.0f), Constant(0.5f));
    const FloatVector gradient = hn::IfThenElse(hn::Lt(x, Constant(3.0f)), hn::Mul(dy, rising), dy);
    return hn::IfThenZeroElse(hn::Le(x, Constant(-3.0f)), gradient);
  }
};

std::unique_ptr<BlockOperation> Make(const Placement& placement) {
  return MakeActivation<Hardswish>(placement);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

template <typename T>
struct PlainHardswish {
  explicit PlainHardswish(const Attributes&) {}
  // With x first in each, NaN stays.
  T Value(T x) const { return x * (std::min(std::max(x + 3, T{0}), T{6}) / 6); }
  T Gradient(T x, T, T dy) const {
    if (x <= -3) return 0;
    return x < 3 ? dy * (x / 3 + T{0.5}) : dy;
  }
};

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  NORMLAB_DISPATCH(placement.simd, Make(placement));
}

opencl::DeviceWork MakeOpenCl(const opencl::DevicePlacement& placement) {
  return opencl::ActivationWork(
      placement, {.value = "x * (fmin(fmax(x + 3.0f, (V)(0.0f)), (V)(6.0f)) / 6.0f)",
                  .gradient = "SELECT(x <= -3.0f, (V)(0.0f), SELECT(x < 3.0f, dy * (x / 3.0f + "
                              "0.5f), dy))"});
}

}  // namespace

namespace kinds {
const OperationKind& hardswish() {
  static const OperationKind kind = ActivationKind<PlainHardswish>(
      HWY_NAMESPACE::Hardswish::kOfOutput,
      {.name = "hardswish",
       .activation = ActivationErrors{.value = {2.5, 0}, .derivative = {0, 8.5e-8}},
       .pytorch_module = "Hardswish",
       .pytorch = [](const Attributes&) -> std::string { return "functional.hardswish(x)"; },
       .make_fast = MakeFast,
       .make_opencl = MakeOpenCl});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
#endif  // HWY_ONCE
