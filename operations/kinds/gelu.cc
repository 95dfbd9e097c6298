// y = x P(X <= x) of a standard normal X (Hendrycks & Gimpel 2016), by the error function.
#include <cmath>
#include <numbers>

#include "operations/activation_kind.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/kinds/gelu.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/activation-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct Gelu {
  static constexpr bool kOfOutput = false;
  explicit Gelu(const Placement&) {}
  HWY_INLINE FloatVector Value(FloatVector x) const { return hn::Mul(x, Probability(x)); }
  // P + x p, p = exp(-x^2 / 2) / sqrt(2 pi)
  HWY_INLINE FloatVector Gradient(FloatVector x, FloatVector dy) const {
    const FloatVector power = hn::Mul(hn::Mul(x, x), Constant(-0.5f));
    const FloatVector density = hn::Mul(ExpNotAbove(power), Constant(0.398942280f));
    return hn::Mul(dy, hn::MulAdd(x, density, Probability(x)));
  }
  static HWY_INLINE FloatVector Probability(FloatVector x) {
    const FloatVector half = Constant(0.5f);
    return hn::MulAdd(Erf(hn::Mul(x, Constant(0.707106781f))), half, half);
  }
};

std::unique_ptr<BlockOperation> Make(const Placement& placement) {
  return MakeActivation<Gelu>(placement);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

template <typename T>
struct PlainGelu {
  explicit PlainGelu(const Attributes&) {}
  T Value(T x) const { return x * Probability(x); }
  T Gradient(T x, T, T dy) const {
    const T density =
        std::exp(-x * x / 2) * (std::numbers::inv_sqrtpi_v<T> / std::numbers::sqrt2_v<T>);
    return dy * (Probability(x) + x * density);
  }
  static T Probability(T x) { return std::erfc(-x / std::numbers::sqrt2_v<T>) / 2; }
};

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  NORMLAB_DISPATCH(placement.simd, Make(placement));
}

opencl::DeviceWork MakeOpenCl(const opencl::DevicePlacement& placement) {
  return opencl::ActivationWork(placement,
                                {.value = "x * (erfc(-x * 0.707106781f) * 0.5f)",
                                 .gradient = "dy * (p + x * (exp(-x * x * 0.5f) * 0.398942280f))",
                                 .let = "const V p = erfc(-x * 0.707106781f) * 0.5f;"});
}

}  // namespace

namespace kinds {
const OperationKind& gelu() {
  static const OperationKind kind = ActivationKind<PlainGelu>(
      HWY_NAMESPACE::Gelu::kOfOutput,
      {.name = "gelu",
       .activation = ActivationErrors{.value = {1.6, 1.2e-7}, .derivative = {0, 1.6e-7}},
       .pytorch_module = "GELU",
       .pytorch = [](const Attributes&) -> std::string { return "functional.gelu(x)"; },
       .make_fast = MakeFast,
       .make_opencl = MakeOpenCl});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
#endif  // HWY_ONCE
