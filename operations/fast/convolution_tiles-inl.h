// The register-blocked kernel behind a convolution by direct sums: over input channels and a list
// of taps, for a tile of output channels x columns.
#if defined(NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_
#undef NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_
#else
#define NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_
#endif

#include <algorithm>
#include <cstddef>

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/reader-inl.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Tiles of channels x columns whose sums stay in registers. 6 x 4 sums, 4 pixels and a weight fill
// AVX-512's 32 registers; 4 x 3 sums, 3 pixels and a weight the 16 of the other sets.
inline constexpr int kTileColumns = kManyRegisters ? 4 : 3;
inline constexpr int kWidestTile = kManyRegisters ? 6 : 4;

// What all tiles of one map have in common. Offsets and distances count floats.
struct TapSum {
  int terms = 0;  // input channels x taps
  // From each tap to the next one, from the last one to the first of the next channel.
  const std::ptrdiff_t* steps = nullptr;
  const std::ptrdiff_t* end = nullptr;
  std::size_t x_column = 0;  // from what one output's pixel stands on to the next one's
  std::size_t y_channel = 0, y_column = 0;
  BlockView affine;  // what a NormalizingReader needs
  FloorStore store;
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
  // One loop over channels and taps: a loop of its own for the taps would be left by a mispredicted
  // branch for every channel.
  const std::size_t step = sums.x_column;
  const std::ptrdiff_t* next = sums.steps;
  for (int term = 0; term < sums.terms; ++term) {
    const Reader read(sums.affine, term, part);
    const float* HWY_RESTRICT from = x;
    x += *next++;
    next = next == sums.end ? sums.steps : next;
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
  const FloatVector floor = sums.store.floor();
  HWY_UNROLL(8)
  for (int c = 0; c < channels; ++c) {
    HWY_UNROLL(8)
    for (int i = 0; i < columns; ++i) {
      hn::Store(AtLeast(floor, sum[c][i]), d, y + c * sums.y_channel + i * sums.y_column);
    }
  }
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

#endif  // NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_
