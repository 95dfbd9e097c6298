// A transposition of a few columns: what lies side by side in several rows becomes a vector.
#if defined(NORMLAB_ENGINE_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_TRANSPOSE_INL_H_
#undef NORMLAB_ENGINE_TRANSPOSE_INL_H_
#else
#define NORMLAB_ENGINE_TRANSPOSE_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Of kVectorSize rows, the first of which is `from` and which lie `stride` floats apart, the first
// kTransposedColumns columns: column k becomes the vector at to + k * to_stride.
#if HWY_TARGET == HWY_SCALAR
inline constexpr int kTransposedColumns = 1;
HWY_INLINE void TransposeColumns(const float* from, std::size_t, float* to, std::size_t) {
  *to = *from;
}
#else
inline constexpr int kTransposedColumns = 4;  // what 128 bits hold

// Four floats of a row, of the fourth after it, ...
template <class D>
HWY_INLINE hn::Vec<D> LoadEveryFourth(D d, const float* from, std::size_t stride) {
  if constexpr (hn::MaxLanes(D()) == kTransposedColumns) {
    return hn::LoadU(d, from);
  } else {
    const hn::Half<D> half;
    const float* middle = from + hn::MaxLanes(half) * stride;
    return hn::Combine(d, LoadEveryFourth(half, middle, stride),
                       LoadEveryFourth(half, from, stride));
  }
}

// Interleaving stays within 128 bits, so each four rows' four columns are transposed there.
HWY_INLINE void TransposeColumns(const float* HWY_RESTRICT from, std::size_t stride,
                                 float* HWY_RESTRICT to, std::size_t to_stride) {
  const FloatTag d;
  const hn::Repartition<double, FloatTag> pairs;
  const auto a = LoadEveryFourth(d, from, stride);
  const auto b = LoadEveryFourth(d, from + stride, stride);
  const auto c = LoadEveryFourth(d, from + 2 * stride, stride);
  const auto e = LoadEveryFourth(d, from + 3 * stride, stride);
  const auto ab_low = hn::BitCast(pairs, hn::InterleaveLower(d, a, b));
  const auto ab_high = hn::BitCast(pairs, hn::InterleaveUpper(d, a, b));
  const auto ce_low = hn::BitCast(pairs, hn::InterleaveLower(d, c, e));
  const auto ce_high = hn::BitCast(pairs, hn::InterleaveUpper(d, c, e));
  hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, ab_low, ce_low)), d, to);
  hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_low, ce_low)), d, to + to_stride);
  hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, ab_high, ce_high)), d, to + 2 * to_stride);
  hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_high, ce_high)), d, to + 3 * to_stride);
}
#endif

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_TRANSPOSE_INL_H_
