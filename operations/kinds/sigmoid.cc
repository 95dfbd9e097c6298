// y = 1 / (1 + exp(-x)).
#include <cmath>

#include "operations/activation_kind.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/kinds/sigmoid.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/activation-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct Logistic {
  static constexpr bool kOfOutput = true;
  explicit Logistic(const Placement&) {}
  HWY_INLINE FloatVector Value(FloatVector x) const { return Sigmoid(x); }
  HWY_INLINE FloatVector Gradient(FloatVector y, FloatVector dy) const {
    return hn::Mul(dy, hn::Mul(y, hn::Sub(Constant(1.0f), y)));
  }
};

std::unique_ptr<BlockOperation> Make(const Placement& placement) {
  return MakeActivation<Logistic>(placement);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

template <typename T>
struct PlainLogistic {
  explicit PlainLogistic(const Attributes&) {}
  T Value(T x) const { return 1 / (1 + std::exp(-x)); }
  T Gradient(T, T y, T dy) const { return dy * (y * (1 - y)); }
};

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  NORMLAB_DISPATCH(placement.simd, Make(placement));
}

opencl::DeviceWork MakeOpenCl(const opencl::DevicePlacement& placement) {
  return opencl::ActivationWork(
      placement, {.value = "1.0f / (1.0f + exp(-x))", .gradient = "dy * (y * (1.0f - y))"});
}

}  // namespace

namespace kinds {
const OperationKind& sigmoid() {
  static const OperationKind kind = ActivationKind<PlainLogistic>(
      HWY_NAMESPACE::Logistic::kOfOutput,
      {.name = "sigmoid",
       .activation = ActivationErrors{.value = {2.41, 0}, .derivative = {0, 9.5e-8}},
       .pytorch_module = "Sigmoid",
       .pytorch = [](const Attributes&) -> std::string { return "torch.sigmoid(x)"; },
       .make_fast = MakeFast,
       .make_opencl = MakeOpenCl});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
#endif  // HWY_ONCE
