// Rows of pixels copied from one map to another: as they are, normalized on the way, and rectified.
#if defined(NORMLAB_ENGINE_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_ROWS_INL_H_
#undef NORMLAB_ENGINE_ROWS_INL_H_
#else
#define NORMLAB_ENGINE_ROWS_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/placement.h"
#include "operations/fast/reader-inl.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// What an operation that stores pixel by pixel stores in the place of a value.
struct StoredFloor {
  HWY_INLINE FloatVector operator()(FloatVector value) const { return AtLeast(floor, value); }
  FloatVector floor;
};
struct StoredSlope {
  HWY_INLINE FloatVector operator()(FloatVector value) const {
    const auto positive = hn::Gt(value, hn::Zero(FloatTag()));
    return hn::IfThenElse(positive, value, hn::Mul(value, slope));
  }
  FloatVector slope;
};

// Calls store_values with the form that `store` asks for.
template <class StoreValues>
HWY_INLINE void WithStore(Store store, const StoreValues& store_values) {
  if (IsSloped(store)) {
    store_values(StoredSlope{hn::Set(FloatTag(), store.slope)});
  } else {
    store_values(StoredFloor{FloorStore(store).floor()});
  }
}

// `rectify`: of WithStore.
template <class Rectify>
HWY_INLINE Lanes AsStored(const Rectify& rectify, Lanes lanes) {
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = rectify(lanes.v[i]);
  return lanes;
}

HWY_INLINE void ZeroRow(float* to, int pixels) {
  for (int i = 0; i < pixels; ++i, to += kBlock) StoreLanes(SetLanes(0.0f), to);
}

// Every `step`-th pixel from `from` on.
template <class Rectify, class Reader>
HWY_INLINE void CopyRow(const Rectify& rectify, const Reader& read, const float* from, int step,
                        float* to, int pixels) {
  for (int i = 0; i < pixels; ++i, from += step * kBlock, to += kBlock) {
    StoreLanes(AsStored(rectify, read(from)), to);
  }
}
HWY_INLINE void CopyRow(const float* from, float* to, int pixels) {
  for (int i = 0; i < pixels; ++i, from += kBlock, to += kBlock) StoreLanes(LoadLanes(from), to);
}

// Calls visit(reader) with what reads channel `channel` of the map.
template <class Visit>
HWY_INLINE void WithReader(const PlacedMap& map, WorkUnit unit, int channel, const Visit& visit) {
  if (map.affine != nullptr) {
    visit(NormalizingLanes(map.affine->block(unit), channel));
  } else {
    visit(PlainLanes({}, channel));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_ROWS_INL_H_
