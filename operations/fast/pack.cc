#include "operations/fast/pack.h"

#include <cassert>

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/pack.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {
namespace {

// One row of some images: theirs begin at `images` and `stride` floats apart, the block's at `row`.
struct Rows {
  const float* images;
  std::size_t stride;
  int width;
  float* row;
};

void CopyLane(const Rows& rows, int lane, int from_column) {
  const float* image = rows.images + static_cast<std::size_t>(lane) * rows.stride;
  for (int x = from_column; x < rows.width; ++x) rows.row[x * kBlock + lane] = image[x];
}

void ClearLane(const Rows& rows, int lane) {
  for (int x = 0; x < rows.width; ++x) rows.row[x * kBlock + lane] = 0.0f;
}

#if HWY_TARGET == HWY_SCALAR
constexpr int kTile = 1;
void TransposeTile(const float* from, std::size_t, float* to) { *to = *from; }
#else
constexpr int kTile = 4;  // pixels of each of a vector's images: what 128 bits hold

// Four pixels of an image, of the fourth after it, ...
template <class D>
HWY_INLINE hn::Vec<D> LoadEveryFourth(D d, const float* from, std::size_t stride) {
  if constexpr (hn::MaxLanes(D()) == kTile) {
    return hn::LoadU(d, from);
  } else {
    const hn::Half<D> half;
    const float* middle = from + hn::MaxLanes(half) * stride;
    return hn::Combine(d, LoadEveryFourth(half, middle, stride),
                       LoadEveryFourth(half, from, stride));
  }
}

// Interleaving stays within 128 bits, so each four images' four pixels are transposed there.
HWY_INLINE void TransposeTile(const float* HWY_RESTRICT from, std::size_t stride,
                              float* HWY_RESTRICT to) {
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
  hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_low, ce_low)), d, to + kBlock);
  hn::Store(hn::BitCast(d, hn::InterleaveLower(pairs, ab_high, ce_high)), d, to + 2 * kBlock);
  hn::Store(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_high, ce_high)), d, to + 3 * kBlock);
}
#endif

// Tiles side by side, and what they leave of the row's end.
void PackFullRow(const Rows& rows) {
  const int tiled = rows.width / kTile * kTile;
  for (int lane = 0; lane < kBlock; lane += kVectorSize) {
    const float* from = rows.images + static_cast<std::size_t>(lane) * rows.stride;
    float* to = rows.row + lane;
    for (int x = 0; x < tiled; x += kTile) TransposeTile(from + x, rows.stride, to + x * kBlock);
  }
  if (tiled == rows.width) return;
  for (int lane = 0; lane < kBlock; ++lane) CopyLane(rows, lane, tiled);
}

void PackPartRow(const Rows& rows, int count) {
  for (int lane = 0; lane < count; ++lane) CopyLane(rows, lane, 0);
  for (int lane = count; lane < kBlock; ++lane) ClearLane(rows, lane);
}

}  // namespace

void PackBlockFor(const float* images, std::size_t stride, int count, const BlockView& view) {
  assert(count > 0 && count <= kBlock);
  const Shape& shape = view.shape;
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y, images += shape.width) {
      const Rows rows = {images, stride, shape.width, view.at(c, y, 0)};
      if (count == kBlock) {
        PackFullRow(rows);
      } else {
        PackPartRow(rows, count);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace normlab {
void PackBlock(Simd simd, const float* images, std::size_t stride, int count,
               const BlockView& view) {
  NORMLAB_DISPATCH(simd, PackBlockFor(images, stride, count, view));
}
}  // namespace normlab
#endif
