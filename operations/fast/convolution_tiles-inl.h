// The register-blocked kernel behind a 1x1 or 3x3 convolution of stride 1: a sum over input
// channels and taps for a tile of output channels x columns.
#if defined(NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_
#undef NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_
#else
#define NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/reader-inl.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Tiles of channels x columns whose sums stay in registers. 6 x 4 sums and 4 + 2 pixels fill
// AVX-512's 32 registers; 4 x 3 sums and 3 pixels the 16 of the other sets.
inline constexpr int kTileColumns = kManyRegisters ? 4 : 3;
inline constexpr int kWidestTile = kManyRegisters ? 6 : 4;

// A channel's outputs are `y_channel` floats apart, a row's `y_column`.
template <int channels, int columns, class Rectify>
HWY_INLINE void StoreSums(const FloatVector (&sum)[channels][columns], const Rectify& rectify,
                          float* HWY_RESTRICT y, std::size_t y_channel, std::size_t y_column) {
  HWY_UNROLL(8)
  for (int c = 0; c < channels; ++c) {
    HWY_UNROLL(8)
    for (int i = 0; i < columns; ++i) {
      hn::Store(rectify(sum[c][i]), FloatTag(), y + c * y_channel + i * y_column);
    }
  }
}

// One tile: `channels` outputs x `columns` pixels of one half of the lanes. `weights` are packed
// [input channel][ky][kx][channels], `biases` [channels].
template <int kernel, int channels, int columns, class Reader>
HWY_INLINE void ConvolveTile(const float* HWY_RESTRICT x, std::size_t x_row, std::size_t x_channel,
                             int inputs, const BlockView& affine, int part,
                             const float* HWY_RESTRICT weights, const float* HWY_RESTRICT biases,
                             Store store, float* HWY_RESTRICT y, std::size_t y_channel) {
  const FloatTag d;
  FloatVector sum[channels][columns];
  HWY_UNROLL(8)
  for (int c = 0; c < channels; ++c) {
    HWY_UNROLL(8)
    for (int i = 0; i < columns; ++i) sum[c][i] = hn::Set(d, biases[c]);
  }
  for (int input = 0; input < inputs; ++input, x += x_channel) {
    const Reader read(affine, input, part);
    HWY_UNROLL(3)
    for (int ky = 0; ky < kernel; ++ky) {
      FloatVector pixel[columns + kernel - 1];
      HWY_UNROLL(8)
      for (int i = 0; i < columns + kernel - 1; ++i) {
        pixel[i] = read(x + ky * x_row + i * kBlock);
      }
      HWY_UNROLL(3)
      for (int kx = 0; kx < kernel; ++kx) {
        HWY_UNROLL(8)
        for (int c = 0; c < channels; ++c) {
          const FloatVector weight = hn::Set(d, *weights++);
          HWY_UNROLL(8)
          for (int i = 0; i < columns; ++i) {
            sum[c][i] = hn::MulAdd(pixel[i + kx], weight, sum[c][i]);
          }
        }
      }
    }
  }
  WithStore(store, [&](const auto& rectify) { StoreSums(sum, rectify, y, y_channel, kBlock); });
}

// One row of `channels` outputs, whole tiles first, then the narrower rest.
template <int kernel, int channels, class Reader>
HWY_NOINLINE void ConvolveRow(const BlockView& x, const BlockView& affine,
                              const float* HWY_RESTRICT weights, const float* HWY_RESTRICT biases,
                              Store store, const float* x_at, float* y_at, const BlockView& y) {
  for (int part = 0; part < kBlock; part += kVectorSize) {
    const float* from = x_at + part;
    float* to = y_at + part;
    int left = y.shape.width;
    for (; left >= kTileColumns;
         left -= kTileColumns, from += kTileColumns * kBlock, to += kTileColumns * kBlock) {
      ConvolveTile<kernel, channels, kTileColumns, Reader>(from, x.row_stride, x.channel_stride,
                                                           x.shape.channels, affine, part, weights,
                                                           biases, store, to, y.channel_stride);
    }
    if (left == 3) {
      ConvolveTile<kernel, channels, 3, Reader>(from, x.row_stride, x.channel_stride,
                                                x.shape.channels, affine, part, weights, biases,
                                                store, to, y.channel_stride);
    } else if (left == 2) {
      ConvolveTile<kernel, channels, 2, Reader>(from, x.row_stride, x.channel_stride,
                                                x.shape.channels, affine, part, weights, biases,
                                                store, to, y.channel_stride);
    } else if (left == 1) {
      ConvolveTile<kernel, channels, 1, Reader>(from, x.row_stride, x.channel_stride,
                                                x.shape.channels, affine, part, weights, biases,
                                                store, to, y.channel_stride);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_
