// y = tanh(x).
#include <cmath>

#include "operations/activation_kind.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/kinds/tanh.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/activation-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct Tanhs {
  static constexpr bool kOfOutput = true;
  explicit Tanhs(const Placement&) {}
  HWY_INLINE FloatVector Value(FloatVector x) const { return Tanh(x); }
  HWY_INLINE FloatVector Gradient(FloatVector y, FloatVector dy) const {
    return hn::Mul(dy, hn::NegMulAdd(y, y, Constant(1.0f)));
  }
};

std::unique_ptr<BlockOperation> Make(const Placement& placement) {
  return MakeActivation<Tanhs>(placement);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

template <typename T>
struct PlainTanhs {
  explicit PlainTanhs(const Attributes&) {}
  T Value(T x) const { return std::tanh(x); }
  T Gradient(T, T y, T dy) const { return dy * (1 - y * y); }
};

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  NORMLAB_DISPATCH(placement.simd, Make(placement));
}

opencl::DeviceWork MakeOpenCl(const opencl::DevicePlacement& placement) {
  return opencl::ActivationWork(placement, {.value = "tanh(x)", .gradient = "dy * (1.0f - y * y)"});
}

}  // namespace

namespace kinds {
const OperationKind& tanh() {
  static const OperationKind kind = ActivationKind<PlainTanhs>(
      HWY_NAMESPACE::Tanhs::kOfOutput,
      {.name = "tanh",
       .activation = ActivationErrors{.value = {2.5, 0}, .derivative = {0, 1.5e-7}},
       .pytorch_module = "Tanh",
       .pytorch = [](const Attributes&) -> std::string { return "torch.tanh(x)"; },
       .make_fast = MakeFast,
       .make_opencl = MakeOpenCl});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
#endif  // HWY_ONCE
