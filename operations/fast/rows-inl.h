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

HWY_INLINE void ZeroRow(float* to, int pixels) {
  for (int i = 0; i < pixels; ++i, to += kBlock) StoreLanes(SetLanes(0.0f), to);
}

// Every `step`-th pixel from `from` on. `floor`: of a FloorStore.
template <class Reader>
HWY_INLINE void CopyRow(FloatVector floor, const Reader& read, const float* from, int step,
                        float* to, int pixels) {
  for (int i = 0; i < pixels; ++i, from += step * kBlock, to += kBlock) {
    StoreLanes(AtLeast(floor, read(from)), to);
  }
}
HWY_INLINE void CopyRow(const float* from, float* to, int pixels) {
  for (int i = 0; i < pixels; ++i, from += kBlock, to += kBlock) StoreLanes(LoadLanes(from), to);
}

// Calls visit(reader) with what reads channel `channel` of the map.
template <class Visit>
HWY_INLINE void WithLanes(const PlacedMap& map, WorkUnit unit, int channel, const Visit& visit) {
  WithLanes(map.affine, map.rectified, unit, channel, visit);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_ROWS_INL_H_
