// An activation of the fast engine, of a form that says what is done to a vector:
//
//   struct Tanh {
//     static constexpr bool kOfOutput = true;  // the derivative is told from y, else from x
//     explicit Tanh(const Placement&) {}  // before each pass over a block
//     FloatVector Value(FloatVector x) const;
//     FloatVector Gradient(FloatVector y, FloatVector dy) const;
//   };
#if defined(NORMLAB_ENGINE_ACTIVATION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_ACTIVATION_INL_H_
#undef NORMLAB_ENGINE_ACTIVATION_INL_H_
#else
#define NORMLAB_ENGINE_ACTIVATION_INL_H_
#endif

#include <memory>

#include "hwy/highway.h"
#include "operations/fast/functions-inl.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/placement.h"
#include "operations/fast/reader-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

template <class Form>
class Activation : public BlockOperation {
 public:
  explicit Activation(const Placement& placement)
      : placement_(placement), x_(placement.x()), y_(placement.output) {}

  void Forward(const Pass&, WorkUnit unit) override {
    if constexpr (!Form::kOfOutput) {
      if (x_.affine != nullptr) {
        return Forward<NormalizingLanes>(x_.affine->block(unit), unit);
      }
    }
    Forward<PlainLanes>({}, unit);
  }

  void Backward(const Pass&, WorkUnit unit) override {
    if constexpr (Form::kOfOutput) {
      Backward<PlainLanes>({}, y_.values->block(unit), unit);
    } else if (x_.affine != nullptr) {
      Backward<NormalizingLanes>(x_.affine->block(unit), x_.values->block(unit), unit);
    } else {
      Backward<PlainLanes>({}, x_.values->block(unit), unit);
    }
  }

 protected:
  const Placement placement_;
  const PlacedMap x_, y_;

 private:
  template <class Pixels>
  void Forward(const BlockView& affine, WorkUnit unit) const {
    const Form form(placement_);
    const BlockView x = x_.values->block(unit), y = y_.values->block(unit);
    for (int c = 0; c < x.shape.channels; ++c) {
      const Pixels read(affine, c);
      for (int row = 0; row < x.shape.height; ++row) {
        const float* from = x.at(c, row, 0);
        float* to = y.at(c, row, 0);
        for (int i = 0; i < x.shape.width * kBlock; i += kBlock) {
          Lanes value = read(from + i);
          for (FloatVector& v : value.v) v = form.Value(v);
          StoreLanes(value, to + i);
        }
      }
    }
  }

  template <class Pixels>
  void Backward(const BlockView& affine, const BlockView& told_from, WorkUnit unit) const {
    const Form form(placement_);
    const BlockView dy = y_.gradient->block(unit), dx = x_.gradient->block(unit);
    for (int c = 0; c < dy.shape.channels; ++c) {
      const Pixels read(affine, c);
      for (int row = 0; row < dy.shape.height; ++row) {
        const float* at = told_from.at(c, row, 0);
        const float* from = dy.at(c, row, 0);
        float* to = dx.at(c, row, 0);
        for (int i = 0; i < dy.shape.width * kBlock; i += kBlock) {
          const Lanes value = read(at + i);
          Lanes gradient = LoadLanes(from + i);
          for (int k = 0; k < kVectors; ++k) {
            gradient.v[k] = form.Gradient(value.v[k], gradient.v[k]);
          }
          StoreLanes(gradient, to + i);
        }
      }
    }
  }
};

template <class Form>
std::unique_ptr<BlockOperation> MakeActivation(const Placement& placement) {
  return std::make_unique<Activation<Form>>(placement);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_ACTIVATION_INL_H_
