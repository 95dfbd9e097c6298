// y = x / 2 (1 + tanh(z)), z = sqrt(2 / pi) (x + 0.044715 x^3): the approximation of gelu
// (Hendrycks & Gimpel 2016). On vectors as x sigmoid(2 z), which is the same and keeps digits where
// x is negative.
#include <cmath>
#include <numbers>

#include "operations/activation_kind.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/kinds/gelu_tanh.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/activation-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct GeluTanh {
  static constexpr bool kOfOutput = false;
  explicit GeluTanh(const Placement&) {}
  HWY_INLINE FloatVector Value(FloatVector x) const { return hn::Mul(x, Sigmoid(TwoZ(x))); }
  // s + x s (1 - s) (2 z)', s = sigmoid(2 z). Beyond 10 the second term is 0, and x^2 may overflow.
  HWY_INLINE FloatVector Gradient(FloatVector x, FloatVector dy) const {
    const SigmoidPair s = Sigmoids(TwoZ(x));
    const FloatVector near = NotBelow(NotAbove(x, 10.0f), -10.0f);
    const FloatVector slope =
        hn::MulAdd(hn::Mul(near, near), Constant(0.214064419f), Constant(1.59576912f));
    const FloatVector change = hn::Mul(hn::Mul(near, slope), s.of_minus_x);
    return hn::Mul(dy, hn::MulAdd(s.of_x, change, s.of_x));
  }
  // 2 sqrt(2 / pi), and that times 0.044715; above: three times it.
  static HWY_INLINE FloatVector TwoZ(FloatVector x) {
    return hn::Mul(x, hn::MulAdd(hn::Mul(x, x), Constant(0.0713548163f), Constant(1.59576912f)));
  }
};

std::unique_ptr<BlockOperation> Make(const Placement& placement) {
  return MakeActivation<GeluTanh>(placement);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

template <typename T>
struct PlainGeluTanh {
  explicit PlainGeluTanh(const Attributes&) {}
  T Value(T x) const { return x / 2 * (1 + std::tanh(Factor() * (x + kCubed * x * x * x))); }
  T Gradient(T x, T, T dy) const {
    const T t = std::tanh(Factor() * (x + kCubed * x * x * x));
    // x^2 may overflow where 1 - t^2 is 0.
    const T change = t * t == 1 ? 0 : x / 2 * (1 - t * t) * Factor() * (1 + 3 * kCubed * x * x);
    return dy * ((1 + t) / 2 + change);
  }
  static constexpr T kCubed = static_cast<T>(0.044715);
  static constexpr T Factor() { return std::numbers::sqrt2_v<T> * std::numbers::inv_sqrtpi_v<T>; }
};

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  NORMLAB_DISPATCH(placement.simd, Make(placement));
}

opencl::DeviceWork MakeOpenCl(const opencl::DevicePlacement& placement) {
  return opencl::ActivationWork(
      placement, {.value = "x * 0.5f * (1.0f + tanh(0.797884561f * (x + 0.044715f * x * x * x)))",
                  .gradient = "dy * ((1.0f + t) * 0.5f + change)",
                  .let = "const V t = tanh(0.797884561f * (x + 0.044715f * x * x * x)), u = "
                         "1.0f - t * t; const V change = SELECT(u == 0.0f, (V)(0.0f), x * 0.5f "
                         "* u * 0.797884561f * (1.0f + 0.134145f * x * x));"});
}

}  // namespace

namespace kinds {
const OperationKind& gelu_tanh() {
  static const OperationKind kind = ActivationKind<PlainGeluTanh>(
      HWY_NAMESPACE::GeluTanh::kOfOutput,
      {.name = "gelu_tanh",
       .activation = ActivationErrors{.value = {2.5, 4.6e-8}, .derivative = {0, 2.3e-7}},
       .pytorch_module = "GELU",
       .pytorch = [](const Attributes&) -> std::string {
         return "functional.gelu(x, approximate='tanh')";
       },
       .make_fast = MakeFast,
       .make_opencl = MakeOpenCl});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
#endif  // HWY_ONCE
