// The register-blocked kernel behind convolutions of any kernel and stride: a sum over input
// channels and a list of taps, for a tile of output channels x columns.
#if defined(NORMLAB_ENGINE_TAP_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_TAP_TILES_INL_H_
#undef NORMLAB_ENGINE_TAP_TILES_INL_H_
#else
#define NORMLAB_ENGINE_TAP_TILES_INL_H_
#endif

#include <algorithm>
#include <cstddef>

#include "hwy/highway.h"
#include "operations/fast/convolution_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// What all tiles of one map have in common. Offsets and distances count floats.
struct TapSum {
  const std::ptrdiff_t* taps = nullptr;  // offsets from the pixel that an output stands on
  int tap_count = 0;
  int inputs = 0;
  std::size_t x_channel = 0,
              x_column = 0;  // from one input channel, one output's pixel to the next
  std::size_t y_channel = 0, y_column = 0;
  BlockView affine;  // what a NormalizingReader needs
  Store store;
};

// `channels` outputs x `columns` pixels of one vector's lanes, the first of which is `part`.
// `weights` are packed [input channel][tap][channels], `biases` [channels].
template <int channels, int columns, class Reader>
HWY_NOINLINE void SumTaps(const TapSum& sums, int part, const float* HWY_RESTRICT x,
                          const float* HWY_RESTRICT weights, const float* HWY_RESTRICT biases,
                          float* HWY_RESTRICT y) {
  const FloatTag d;
  FloatVector sum[channels][columns];
  HWY_UNROLL(8)
  for (int c = 0; c < channels; ++c) {
    HWY_UNROLL(8)
    for (int i = 0; i < columns; ++i) sum[c][i] = hn::Set(d, biases[c]);
  }
  const std::size_t step = sums.x_column;
  for (int input = 0; input < sums.inputs; ++input, x += sums.x_channel) {
    const Reader read(sums.affine, input, part);
    for (int tap = 0; tap < sums.tap_count; ++tap) {
      const float* HWY_RESTRICT from = x + sums.taps[tap];
      FloatVector pixel[columns];
      HWY_UNROLL(8)
      for (int i = 0; i < columns; ++i, from += step) pixel[i] = read(from);
      HWY_UNROLL(8)
      for (int c = 0; c < channels; ++c, ++weights) {
        const FloatVector weight = hn::Set(d, *weights);
        HWY_UNROLL(8)
        for (int i = 0; i < columns; ++i) sum[c][i] = hn::MulAdd(pixel[i], weight, sum[c][i]);
      }
    }
  }
  WithStore(sums.store, [&](const auto& rectify) {
    StoreSums(sum, rectify, y, sums.y_channel, sums.y_column);
  });
}

// Columns of the next tile where `left` of them are: never a single one at a row's end, which would
// wait for its own sums.
inline int NextColumns(int left) {
  return left == kTileColumns + 1 ? kTileColumns - 1 : std::min(left, kTileColumns);
}

template <int channels, class Reader>
HWY_INLINE void SumTapsOf(int columns, const TapSum& sums, int part, const float* x,
                          const float* weights, const float* biases, float* y) {
  switch (columns) {
    case 4:
      if constexpr (kTileColumns == 4) {
        SumTaps<channels, 4, Reader>(sums, part, x, weights, biases, y);
      }
      break;
    case 3:
      SumTaps<channels, 3, Reader>(sums, part, x, weights, biases, y);
      break;
    case 2:
      SumTaps<channels, 2, Reader>(sums, part, x, weights, biases, y);
      break;
    default:
      SumTaps<channels, 1, Reader>(sums, part, x, weights, biases, y);
  }
}

template <class Reader>
HWY_INLINE void SumTapsOf(int channels, int columns, const TapSum& sums, int part, const float* x,
                          const float* weights, const float* biases, float* y) {
  switch (channels) {
    case 6:
      if constexpr (kWidestTile == 6) {
        SumTapsOf<6, Reader>(columns, sums, part, x, weights, biases, y);
      }
      break;
    case 4:
      SumTapsOf<4, Reader>(columns, sums, part, x, weights, biases, y);
      break;
    case 2:
      SumTapsOf<2, Reader>(columns, sums, part, x, weights, biases, y);
      break;
    default:
      SumTapsOf<1, Reader>(columns, sums, part, x, weights, biases, y);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_TAP_TILES_INL_H_
