// y = x where x is positive, else alpha (exp(x) - 1) (Clevert, Unterthiner & Hochreiter 2016). Its
// slope at 0 is alpha. Attribute: alpha (1), at least 0.
#include <cmath>

#include "operations/activation_kind.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/kinds/elu.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/activation-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct Elu {
  static constexpr bool kOfOutput = true;
  explicit Elu(const Placement& placement)
      : alpha(Constant(static_cast<float>(placement.attributes.Or("alpha", 1)))) {}
  HWY_INLINE FloatVector Value(FloatVector x) const {
    // exp(-80) is nothing beside 1.
    const FloatVector below = hn::Mul(alpha, ExpMinusOneOfNegative(NotBelow(x, -80.0f)));
    return hn::IfThenElse(hn::Lt(x, hn::Zero(FloatTag())), below, x);
  }
  // alpha exp(x) is y + alpha.
  HWY_INLINE FloatVector Gradient(FloatVector y, FloatVector dy) const {
    const auto positive = hn::Gt(y, hn::Zero(FloatTag()));
    return hn::IfThenElse(positive, dy, hn::Mul(dy, hn::Add(y, alpha)));
  }
  FloatVector alpha;
};

std::unique_ptr<BlockOperation> Make(const Placement& placement) {
  return MakeActivation<Elu>(placement);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

template <typename T>
struct PlainElu {
  explicit PlainElu(const Attributes& attributes)
      : alpha(static_cast<T>(attributes.Or("alpha", 1))) {}
  T Value(T x) const { return x > 0 ? x : alpha * std::expm1(x); }
  T Gradient(T x, T, T dy) const { return x > 0 ? dy : dy * (alpha * std::exp(x)); }
  T alpha;
};

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  NORMLAB_DISPATCH(placement.simd, Make(placement));
}

}  // namespace

namespace kinds {
const OperationKind& elu() {
  static const OperationKind kind = ActivationKind<PlainElu>(
      HWY_NAMESPACE::Elu::kOfOutput,
      {.name = "elu",
       .activation = ActivationErrors{.value = {1.1, 0}, .derivative = {0, 5.4e-8}},
       .pytorch_module = "ELU",
       .pytorch =
           [](const Attributes& attributes) {
             return "functional.elu(x" + PytorchArgument(attributes, "alpha") + ")";
           },
       .make_fast = MakeFast,
       .make_opencl =
           [](const opencl::DevicePlacement& placement) {
             const std::string alpha = opencl::Literal(placement.attributes.Or("alpha", 1));
             return opencl::ActivationWork(
                 placement, {.value = "SELECT(x > 0.0f, x, " + alpha + " * expm1(x))",
                             .gradient = "SELECT(x > 0.0f, dy, dy * (" + alpha + " * exp(x)))"});
           }});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
#endif  // HWY_ONCE
