#include "operations/fast/pack.h"

#include <cassert>

#include "operations/fast/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "operations/fast/pack.cc"
// clang-format off
#include "hwy/foreach_target.h"
#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/transpose-inl.h"
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

// A few pixels at a time, and what they leave of the row's end.
void PackFullRow(const Rows& rows) {
  const int tiled = rows.width / kTransposedColumns * kTransposedColumns;
  for (int lane = 0; lane < kBlock; lane += kVectorSize) {
    const float* from = rows.images + static_cast<std::size_t>(lane) * rows.stride;
    float* to = rows.row + lane;
    for (int x = 0; x < tiled; x += kTransposedColumns) {
      TransposeColumns(from + x, rows.stride, to + x * kBlock, kBlock);
    }
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
