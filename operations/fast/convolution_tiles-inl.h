// The two register-blocked kernels behind a convolution: a sum over input channels and taps for a
// tile of output channels x columns, and the weight gradient for a tile of weights.
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

// One tile: `channels` outputs x `columns` pixels of one half of the lanes. `weights` are packed
// [input channel][ky][kx][channels].
template <int kernel, int channels, int columns, class Reader>
HWY_INLINE void ConvolveTile(const float* HWY_RESTRICT x, std::size_t x_row, std::size_t x_channel,
                             int inputs, const BlockView& affine, int part,
                             const float* HWY_RESTRICT weights, FloorStore store,
                             float* HWY_RESTRICT y, std::size_t y_channel) {
  const FloatTag d;
  FloatVector sum[channels][columns];
  HWY_UNROLL(8)
  for (int c = 0; c < channels; ++c) {
    HWY_UNROLL(8)
    for (int i = 0; i < columns; ++i) sum[c][i] = hn::Zero(d);
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
  const FloatVector floor = store.floor();
  HWY_UNROLL(8)
  for (int c = 0; c < channels; ++c) {
    HWY_UNROLL(8)
    for (int i = 0; i < columns; ++i) {
      hn::Store(AtLeast(floor, sum[c][i]), d, y + c * y_channel + i * kBlock);
    }
  }
}

// One row of `channels` outputs, whole tiles first, then the narrower rest.
template <int kernel, int channels, class Reader>
HWY_NOINLINE void ConvolveRow(const BlockView& x, const BlockView& affine,
                              const float* HWY_RESTRICT weights, FloorStore store,
                              const float* x_at, float* y_at, const BlockView& y) {
  for (int part = 0; part < kBlock; part += kVectorSize) {
    const float* from = x_at + part;
    float* to = y_at + part;
    int left = y.shape.width;
    for (; left >= kTileColumns;
         left -= kTileColumns, from += kTileColumns * kBlock, to += kTileColumns * kBlock) {
      ConvolveTile<kernel, channels, kTileColumns, Reader>(from, x.row_stride, x.channel_stride,
                                                           x.shape.channels, affine, part, weights,
                                                           store, to, y.channel_stride);
    }
    if (left == 3) {
      ConvolveTile<kernel, channels, 3, Reader>(from, x.row_stride, x.channel_stride,
                                                x.shape.channels, affine, part, weights, store, to,
                                                y.channel_stride);
    } else if (left == 2) {
      ConvolveTile<kernel, channels, 2, Reader>(from, x.row_stride, x.channel_stride,
                                                x.shape.channels, affine, part, weights, store, to,
                                                y.channel_stride);
    } else if (left == 1) {
      ConvolveTile<kernel, channels, 1, Reader>(from, x.row_stride, x.channel_stride,
                                                x.shape.channels, affine, part, weights, store, to,
                                                y.channel_stride);
    }
  }
}

// Sums of x * dy over a block's pixels for `outputs` x one input channel x `rows` x `kernel` taps,
// the first tap row being `first_row`; per lane, rows of the map in order. Adds over lanes and
// hands each weight's sum to `put(output, ky, kx, sum)`.
template <int kernel, int outputs, int rows, class Put>
HWY_INLINE void WeightGradientTile(const BlockView& dy, int output, const float* HWY_RESTRICT x,
                                   std::size_t x_row, int first_row, const Put& put) {
  const FloatTag d;
  FloatVector parts[outputs][rows * kernel][kVectors];
  for (int part = 0; part < kVectors; ++part) {
    FloatVector sum[outputs][rows * kernel];
    HWY_UNROLL(8)
    for (int o = 0; o < outputs; ++o) {
      HWY_UNROLL(9)
      for (int k = 0; k < rows * kernel; ++k) sum[o][k] = hn::Zero(d);
    }
    for (int row = 0; row < dy.shape.height; ++row) {
      const float* x_at = x + (row + first_row) * x_row + part * kVectorSize;
      const float* dy_at = dy.at(output, row, 0) + part * kVectorSize;
      for (int column = 0; column < dy.shape.width; ++column, x_at += kBlock, dy_at += kBlock) {
        FloatVector gradient[outputs];
        HWY_UNROLL(8)
        for (int o = 0; o < outputs; ++o) gradient[o] = hn::Load(d, dy_at + o * dy.channel_stride);
        HWY_UNROLL(9)
        for (int k = 0; k < rows * kernel; ++k) {
          const FloatVector pixel = hn::Load(d, x_at + k / kernel * x_row + k % kernel * kBlock);
          HWY_UNROLL(8)
          for (int o = 0; o < outputs; ++o) {
            sum[o][k] = hn::MulAdd(pixel, gradient[o], sum[o][k]);
          }
        }
      }
    }
    for (int o = 0; o < outputs; ++o) {
      for (int k = 0; k < rows * kernel; ++k) parts[o][k][part] = sum[o][k];
    }
  }
  for (int o = 0; o < outputs; ++o) {
    for (int k = 0; k < rows * kernel; ++k) {
      Lanes lanes;
      for (int part = 0; part < kVectors; ++part) lanes.v[part] = parts[o][k][part];
      put(output + o, first_row + k / kernel, k % kernel, SumLanes(lanes));
    }
  }
}

// The same for a 1x1 convolution: `outputs` x `inputs` weights at once.
template <int outputs, int inputs, class Reader, class Put>
HWY_INLINE void PointwiseGradientTile(const BlockView& dy, int output, const BlockView& x,
                                      const BlockView& affine, int input, const Put& put) {
  const FloatTag d;
  FloatVector parts[outputs][inputs][kVectors];
  for (int part = 0; part < kVectors; ++part) {
    FloatVector sum[outputs][inputs];
    HWY_UNROLL(8)
    for (int o = 0; o < outputs; ++o) {
      HWY_UNROLL(8)
      for (int i = 0; i < inputs; ++i) sum[o][i] = hn::Zero(d);
    }
    for (int row = 0; row < dy.shape.height; ++row) {
      const float* x_at = x.at(input, row, 0) + part * kVectorSize;
      const float* dy_at = dy.at(output, row, 0) + part * kVectorSize;
      for (int column = 0; column < dy.shape.width; ++column, x_at += kBlock, dy_at += kBlock) {
        FloatVector gradient[outputs];
        HWY_UNROLL(8)
        for (int o = 0; o < outputs; ++o) gradient[o] = hn::Load(d, dy_at + o * dy.channel_stride);
        HWY_UNROLL(8)
        for (int i = 0; i < inputs; ++i) {
          const Reader read(affine, input + i, part * kVectorSize);
          const FloatVector pixel = read(x_at + i * x.channel_stride);
          HWY_UNROLL(8)
          for (int o = 0; o < outputs; ++o) {
            sum[o][i] = hn::MulAdd(pixel, gradient[o], sum[o][i]);
          }
        }
      }
    }
    for (int o = 0; o < outputs; ++o) {
      for (int i = 0; i < inputs; ++i) parts[o][i][part] = sum[o][i];
    }
  }
  for (int o = 0; o < outputs; ++o) {
    for (int i = 0; i < inputs; ++i) {
      Lanes lanes;
      for (int part = 0; part < kVectors; ++part) lanes.v[part] = parts[o][i][part];
      put(output + o, input + i, SumLanes(lanes));
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_CONVOLUTION_TILES_INL_H_
