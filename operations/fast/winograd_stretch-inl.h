// The transforms of a stretch of tiles of a map, for the gradient of 3x3 filters.
#if defined(NORMLAB_ENGINE_WINOGRAD_STRETCH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_WINOGRAD_STRETCH_INL_H_
#undef NORMLAB_ENGINE_WINOGRAD_STRETCH_INL_H_
#else
#define NORMLAB_ENGINE_WINOGRAD_STRETCH_INL_H_
#endif

#include "base/at.h"
#include "hwy/highway.h"
#include "operations/fast/winograd-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

using GradientGrid = TileGrid<FourOutputs, FourOutputs>;

// Tiles `first` .. first + count - 1 of a grid; count <= kMostTiles.
struct TileStretch {
  static constexpr int kMostTiles = 16;
  int first, count;
};

// Floats from one value of the transformed stretch to the next, in each direction; the 16 images of
// a value lie side by side.
struct StretchSteps {
  std::size_t product, channel, tile;
};

template <class Transform, class Reader>
SlidingWindow WindowOf(const GradientGrid& grid, int tile, int border, const Shape& shape) {
  if (Transform::kFrom == FourOutputs::kTile) {
    return {0, grid.rows_left(tile), 0, grid.columns_left(tile)};
  }
  return Reader::kNormalizes ? grid.InnerWindow(tile, border, shape) : grid.NeededWindow(tile);
}

// Transform: FourOutputs::Input of the inputs, FourOutputs::OutputGradient of the output's
// gradient. `affine`: what a NormalizingReader needs.
template <class Transform, class Reader>
void TransformStretch(const GradientGrid& grid, const TileStretch& stretch, const BlockView& map,
                      const BlockView& affine, int border, const StretchSteps& steps, float* to) {
  // The same for every channel.
  SlidingWindow windows[TileStretch::kMostTiles];
  const float* corners[TileStretch::kMostTiles];
  for (int t = 0; t < stretch.count; ++t) {
    const int tile = stretch.first + t;
    windows[t] = WindowOf<Transform, Reader>(grid, tile, border, map.shape);
    corners[t] = map.at(0, grid.row(tile) - border, grid.column(tile) - border);
  }
  for (int channel = 0; channel < map.shape.channels; ++channel) {
    for (int part = 0; part < kBlock; part += kVectorSize) {
      const Reader reader(affine, channel, part);
      const std::size_t from = At(channel) * map.channel_stride + At(part);
      for (int t = 0; t < stretch.count; ++t) {
        TransformPixels<Transform, Transform>(
            reader, corners[t] + from, map.row_stride, windows[t],
            to + At(channel) * steps.channel + At(t) * steps.tile + part, steps.product);
      }
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_WINOGRAD_STRETCH_INL_H_
