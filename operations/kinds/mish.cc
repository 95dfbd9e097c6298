// y = x tanh(softplus(x)) (Misra 2019). With e = exp(x) and n = e (e + 2), tanh(softplus(x)) is
// n / (n + 2), which takes one exponential.
#include <cmath>

#include "operations/activation_kind.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/kinds/mish.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/activation-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct Mish {
  static constexpr bool kOfOutput = false;
  explicit Mish(const Placement&) {}
  HWY_INLINE FloatVector Value(FloatVector x) const {
    const FloatVector e = ExpNotAbove(NotAbove(x, kAllOfX));
    const FloatVector n = hn::MulAdd(e, e, hn::Add(e, e));
    return hn::Mul(x, hn::Div(n, hn::Add(n, Constant(2.0f))));
  }
  // (n (n + 2) + 4 x e (e + 1)) / (n + 2)^2
  HWY_INLINE FloatVector Gradient(FloatVector x, FloatVector dy) const {
    const FloatVector near = NotAbove(x, kAllOfX), two = Constant(2.0f);
    const FloatVector e = ExpNotAbove(near);
    const FloatVector n = hn::MulAdd(e, e, hn::Add(e, e));
    const FloatVector ratio = hn::Div(Constant(1.0f), hn::Add(n, two));
    const FloatVector change = hn::Mul(hn::Mul(hn::MulAdd(e, e, e), ratio), hn::Mul(near, ratio));
    return hn::Mul(dy, hn::MulAdd(change, Constant(4.0f), hn::Mul(n, ratio)));
  }
  // Here n / (n + 2) is 1 to the last bit, and n's square is finite.
  static constexpr float kAllOfX = 20.0f;
};

std::unique_ptr<BlockOperation> Make(const Placement& placement) {
  return MakeActivation<Mish>(placement);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

template <typename T>
struct PlainMish {
  explicit PlainMish(const Attributes&) {}
  T Value(T x) const { return x * std::tanh(std::log1p(std::exp(x))); }
  T Gradient(T x, T, T dy) const {
    const T t = std::tanh(std::log1p(std::exp(x)));
    const T s = 1 / (1 + std::exp(-x));
    return dy * (t + x * s * (1 - t * t));
  }
};

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  NORMLAB_DISPATCH(placement.simd, Make(placement));
}

opencl::DeviceWork MakeOpenCl(const opencl::DevicePlacement& placement) {
  return opencl::ActivationWork(
      placement, {.value = "x * tanh(log1p(exp(x)))",
                  .gradient = "dy * (t + x * s * (1.0f - t * t))",
                  .let = "const V s = 1.0f / (1.0f + exp(-x)); const V t = tanh(log1p(exp(x)));"});
}

}  // namespace

namespace kinds {
const OperationKind& mish() {
  static const OperationKind kind = ActivationKind<PlainMish>(
      HWY_NAMESPACE::Mish::kOfOutput,
      {.name = "mish",
       .activation = ActivationErrors{.value = {4, 1e-43}, .derivative = {0, 2.2e-7}},
       .pytorch_module = "Mish",
       .pytorch = [](const Attributes&) -> std::string { return "functional.mish(x)"; },
       .make_fast = MakeFast,
       .make_opencl = MakeOpenCl});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
#endif  // HWY_ONCE
