// y = x sigmoid(x): SiLU (Elfwing, Uchibe & Doya 2018), which is Swish with beta 1 (Ramachandran,
// Zoph & Le 2017).
#include <cmath>

#include "operations/activation_kind.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/kinds/silu.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/activation-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct Silu {
  static constexpr bool kOfOutput = false;
  explicit Silu(const Placement&) {}
  HWY_INLINE FloatVector Value(FloatVector x) const { return hn::Mul(x, Sigmoid(x)); }
  // s (1 + x (1 - s)), s = sigmoid(x)
  HWY_INLINE FloatVector Gradient(FloatVector x, FloatVector dy) const {
    const SigmoidPair s = Sigmoids(x);
    return hn::Mul(dy, hn::Mul(s.of_x, hn::MulAdd(x, s.of_minus_x, Constant(1.0f))));
  }
};

std::unique_ptr<BlockOperation> Make(const Placement& placement) {
  return MakeActivation<Silu>(placement);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

template <typename T>
struct PlainSilu {
  explicit PlainSilu(const Attributes&) {}
  T Value(T x) const { return x / (1 + std::exp(-x)); }
  T Gradient(T x, T, T dy) const {
    const T s = 1 / (1 + std::exp(-x));
    return dy * (s * (1 + x * (1 - s)));
  }
};

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  NORMLAB_DISPATCH(placement.simd, Make(placement));
}

opencl::DeviceWork MakeOpenCl(const opencl::DevicePlacement& placement) {
  return opencl::ActivationWork(placement, {.value = "x / (1.0f + exp(-x))",
                                            .gradient = "dy * (s * (1.0f + x * (1.0f - s)))",
                                            .let = "const V s = 1.0f / (1.0f + exp(-x));"});
}

}  // namespace

namespace kinds {
const OperationKind& silu() {
  static const OperationKind kind = ActivationKind<PlainSilu>(
      HWY_NAMESPACE::Silu::kOfOutput,
      {.name = "silu",
       .activation = ActivationErrors{.value = {3.5, 1e-43}, .derivative = {0, 2.5e-7}},
       .pytorch_module = "SiLU",
       .pytorch = [](const Attributes&) -> std::string { return "functional.silu(x)"; },
       .make_fast = MakeFast,
       .make_opencl = MakeOpenCl});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
#endif  // HWY_ONCE
