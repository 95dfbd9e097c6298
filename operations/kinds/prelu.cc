// y = x where x is positive, else weight * x, of one learned weight that begins at 0.25 (He, Zhang,
// Ren & Sun 2015). Its slope at 0 is the weight; the weight's gradient is the sum of x dy where x
// is not positive.
#include "operations/activation_kind.h"
#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/kinds/prelu.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/activation-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

struct PreluOfWeight {
  static constexpr bool kOfOutput = false;
  explicit PreluOfWeight(const Placement& placement) : weight(Constant(*placement.parameters[0])) {}
  HWY_INLINE FloatVector Value(FloatVector x) const { return Gradient(x, x); }
  HWY_INLINE FloatVector Gradient(FloatVector x, FloatVector dy) const {
    return hn::IfThenElse(hn::Gt(x, hn::Zero(FloatTag())), dy, hn::Mul(dy, weight));
  }
  FloatVector weight;
};

class Prelu : public Activation<PreluOfWeight> {
 public:
  using Activation::Activation;

  void WeightGradient(const Pass&, WorkUnit unit) override {
    const float sum = x_.affine != nullptr
                          ? SumOfWeight<NormalizingLanes>(x_.affine->block(unit), unit)
                          : SumOfWeight<PlainLanes>({}, unit);
    placement_.gradients[0].Put(unit.block, 0, sum);
  }

 private:
  // A row's sums are added up before a channel's, and these before the whole's.
  template <class Pixels>
  float SumOfWeight(const BlockView& affine, WorkUnit unit) const {
    const BlockView x = x_.values->block(unit), dy = y_.gradient->block(unit);
    Lanes all = SetLanes(0.0f);
    for (int c = 0; c < x.shape.channels; ++c) {
      const Pixels read(affine, c);
      Lanes of_channel = SetLanes(0.0f);
      for (int row = 0; row < x.shape.height; ++row) {
        const float *value = x.at(c, row, 0), *gradient = dy.at(c, row, 0);
        Lanes of_row = SetLanes(0.0f);
        for (int i = 0; i < x.shape.width * kBlock; i += kBlock) {
          of_row = Plus(of_row, ProductWhereNotPositive(read(value + i), LoadLanes(gradient + i)));
        }
        of_channel = Plus(of_channel, of_row);
      }
      all = Plus(all, of_channel);
    }
    return SumLanes(all);
  }

  static HWY_INLINE Lanes ProductWhereNotPositive(const Lanes& x, const Lanes& dy) {
    Lanes product = Times(x, dy);
    for (int i = 0; i < kVectors; ++i) {
      const auto positive = hn::Gt(x.v[i], hn::Zero(FloatTag()));
      product.v[i] = hn::IfThenZeroElse(positive, product.v[i]);
    }
    return product;
  }
};

std::unique_ptr<BlockOperation> Make(const Placement& placement) {
  return std::make_unique<Prelu>(placement);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
namespace {

template <typename T>
class PlainPrelu : public reference::Operation<T> {
 public:
  explicit PlainPrelu(const reference::Placement<T>& placement)
      : weight_(placement.parameters[0]), weight_gradient_(placement.gradients[0]) {}

  Shape OutputShape(const Shape& input) const override { return input; }

  void Forward(const reference::Pass&, const reference::Tensor<T>& x,
               reference::Tensor<T>& y) override {
    for (std::size_t e = 0; e < x.values.size(); ++e) {
      y.values[e] = x.values[e] > 0 ? x.values[e] : weight_[0] * x.values[e];
    }
  }

  void Backward(const reference::Pass&, const reference::Tensor<T>& x, const reference::Tensor<T>&,
                const reference::Tensor<T>& dy, reference::Tensor<T>* dx) override {
    T sum = 0;
    for (std::size_t e = 0; e < x.values.size(); ++e) {
      const bool positive = x.values[e] > 0;
      if (!positive) sum += x.values[e] * dy.values[e];
      if (dx != nullptr) dx->values[e] = positive ? dy.values[e] : weight_[0] * dy.values[e];
    }
    weight_gradient_[0] += sum;
  }

 private:
  std::span<const T> weight_;
  std::span<T> weight_gradient_;
};

template <typename T>
std::unique_ptr<reference::Operation<T>> MakePlain(const reference::Placement<T>& placement) {
  return std::make_unique<PlainPrelu<T>>(placement);
}

std::unique_ptr<BlockOperation> MakeFast(const Placement& placement) {
  NORMLAB_DISPATCH(placement.simd, Make(placement));
}

std::vector<ParameterDeclaration> Parameters(const Attributes&, Shape, Shape) {
  return {{.name = "weight",
           .shape = {1},
           .role = ParameterRole::kOther,
           .initial = {InitialKind::kConstant, 0.25}}};
}

}  // namespace

namespace kinds {
const OperationKind& prelu() {
  static const OperationKind kind =
      WithTraits(HWY_NAMESPACE::PreluOfWeight::kOfOutput,
                 {.name = "prelu",
                  .parameters = Parameters,
                  .traits = {.gradient_apart = true},
                  .activation = ActivationErrors{.value = {0.5, 0}, .derivative = {0, 0}},
                  .pytorch_module = "PReLU",
                  .pytorch = [](const Attributes&) -> std::string { return "self.prelu(x)"; },
                  .make_fast = MakeFast,
                  .make_float = MakePlain<float>,
                  .make_double = MakePlain<double>,
                  .make_opencl = opencl::PreluWork});
  return kind;
}
}  // namespace kinds

}  // namespace normlab
#endif  // HWY_ONCE
