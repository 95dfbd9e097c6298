// What a rectifier does to a value that is stored, and to a gradient that is written: forms of it,
// one of which a kernel takes outside its loops.
#if defined(NORMLAB_ENGINE_RECTIFIER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_RECTIFIER_INL_H_
#undef NORMLAB_ENGINE_RECTIFIER_INL_H_
#else
#define NORMLAB_ENGINE_RECTIFIER_INL_H_
#endif

#include <cmath>

#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/placement.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// The value, or the larger of 0 and it. A NaN must not be hidden: x86's max returns its second
// operand when one is NaN, Highway's scalar one the other operand.
struct FloorStore {
  HWY_INLINE explicit FloorStore(Store store)
      : floor(store.rectified ? hn::Zero(FloatTag()) : hn::Set(FloatTag(), -HUGE_VALF)) {}
  HWY_INLINE FloatVector operator()(FloatVector value) const {
    const FloatVector larger = hn::Max(floor, value);
#if HWY_TARGET == HWY_SCALAR
    return hn::IfThenElse(hn::Eq(value, value), larger, value);
#else
    return larger;
#endif
  }
  FloatVector floor;
};

// slope * value where it is not positive.
struct SlopeStore {
  HWY_INLINE explicit SlopeStore(Store store) : slope(hn::Set(FloatTag(), store.slope)) {}
  HWY_INLINE FloatVector operator()(FloatVector value) const {
    const auto positive = hn::Gt(value, hn::Zero(FloatTag()));
    return hn::IfThenElse(positive, value, hn::Mul(value, slope));
  }
  FloatVector slope;
};

// Calls store_values with the form that `store` asks for.
template <class StoreValues>
HWY_INLINE void WithStore(Store store, const StoreValues& store_values) {
  if (store.rectified && store.slope != 0) {
    store_values(SlopeStore(store));
  } else {
    store_values(FloorStore(store));
  }
}

// A gate without its scale, which is drawn into what the gradient is computed with.
struct OpenGate {
  HWY_INLINE Lanes operator()(const Lanes& /*value*/, const Lanes& gradient) const {
    return gradient;
  }
};
struct PositiveGate {
  HWY_INLINE Lanes operator()(const Lanes& value, const Lanes& gradient) const {
    return WherePositive(value, gradient);
  }
};
struct SlopeGate {
  HWY_INLINE explicit SlopeGate(float slope_of_rest) : slope(SetLanes(slope_of_rest)) {}
  HWY_INLINE Lanes operator()(const Lanes& value, const Lanes& gradient) const {
    Lanes lanes;
    for (int i = 0; i < kVectors; ++i) {
      const auto positive = hn::Gt(value.v[i], hn::Zero(FloatTag()));
      lanes.v[i] = hn::IfThenElse(positive, gradient.v[i], hn::Mul(gradient.v[i], slope.v[i]));
    }
    return lanes;
  }
  Lanes slope;
};

// Calls write_gradients with the form that `gate` asks for.
template <class WriteGradients>
HWY_INLINE void WithGate(const Gate& gate, const WriteGradients& write_gradients) {
  if (!gate.positive) {
    write_gradients(OpenGate());
  } else if (gate.slope == 0) {
    write_gradients(PositiveGate());
  } else {
    write_gradients(SlopeGate(gate.slope));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_RECTIFIER_INL_H_
