// What a rectifier does to a value that is stored, and to a gradient that is written.
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

// Kernels store what is larger, a value or a floor: 0, or nothing. A slope is applied afterwards,
// by RectifyPixels, while the pixels are in the first cache: in the kernels' unrolled stores it
// would be a third of their code.
HWY_INLINE bool IsSloped(Store store) { return store.rectified && store.slope != 0; }

struct FloorStore {
  FloorStore() = default;
  HWY_INLINE explicit FloorStore(Store store) : at_zero(store.rectified && store.slope == 0) {}
  HWY_INLINE FloatVector floor() const {
    return at_zero ? hn::Zero(FloatTag()) : hn::Set(FloatTag(), -HUGE_VALF);
  }
  bool at_zero = false;
};

// A NaN must not be hidden: x86's max returns its second operand when one is NaN, Highway's scalar
// one the other operand.
HWY_INLINE FloatVector AtLeast(FloatVector floor, FloatVector value) {
  const FloatVector larger = hn::Max(floor, value);
#if HWY_TARGET == HWY_SCALAR
  return hn::IfThenElse(hn::Eq(value, value), larger, value);
#else
  return larger;
#endif
}

HWY_INLINE Lanes AtLeast(FloatVector floor, Lanes lanes) {
  for (FloatVector& v : lanes.v) v = AtLeast(floor, v);
  return lanes;
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
  HWY_INLINE explicit SlopeGate(float slope_elsewhere) : slope(SetLanes(slope_elsewhere)) {}
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

// From a first one on, so many.
struct Stretch {
  int first, count;
};

// Of pixels that were stored as they are.
HWY_NOINLINE inline void RectifyPixels(Store store, const BlockView& y, Stretch channels,
                                       Stretch rows, Stretch columns) {
  const SlopeGate rectify(store.slope);
  for (int c = channels.first; c < channels.first + channels.count; ++c) {
    for (int row = rows.first; row < rows.first + rows.count; ++row) {
      float* at = y.at(c, row, columns.first);
      for (int i = 0; i < columns.count * kBlock; i += kBlock) {
        const Lanes value = LoadLanes(at + i);
        StoreLanes(rectify(value, value), at + i);
      }
    }
  }
}

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
