// The register-blocked kernels behind the gradient of a convolution's weights, for a tile of
// weights, and of its biases.
#if defined(NORMLAB_ENGINE_GRADIENT_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_GRADIENT_TILES_INL_H_
#undef NORMLAB_ENGINE_GRADIENT_TILES_INL_H_
#else
#define NORMLAB_ENGINE_GRADIENT_TILES_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/reader-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// What is read beside the gradient's pixel (row, column): that of the input at (row, column) * step
// from `at`.
struct GradientInput {
  const float* at;
  std::size_t row_stride;
  int step;
};

// Sums of x * dy over a block's pixels for `outputs` x one input channel x `rows` x `columns` taps,
// the first of them being (first_row, first_column); per lane, rows of the map in order. Adds over
// lanes and hands each weight's sum to `put(output, ky, kx, sum)`.
template <int outputs, int rows, int columns, class Put>
HWY_INLINE void WeightGradientTile(const BlockView& dy, int output, const GradientInput& x,
                                   int first_row, int first_column, const Put& put) {
  constexpr int kTaps = rows * columns;
  const FloatTag d;
  const std::size_t x_row = x.row_stride, x_step = static_cast<std::size_t>(x.step) * kBlock;
  FloatVector parts[outputs][kTaps][kVectors];
  for (int part = 0; part < kVectors; ++part) {
    FloatVector sum[outputs][kTaps];
    HWY_UNROLL(8)
    for (int o = 0; o < outputs; ++o) {
      HWY_UNROLL(9)
      for (int k = 0; k < kTaps; ++k) sum[o][k] = hn::Zero(d);
    }
    for (int row = 0; row < dy.shape.height; ++row) {
      const float* x_at = x.at + (row * x.step + first_row) * x.row_stride + first_column * kBlock +
                          part * kVectorSize;
      const float* dy_at = dy.at(output, row, 0) + part * kVectorSize;
      for (int column = 0; column < dy.shape.width; ++column, x_at += x_step, dy_at += kBlock) {
        FloatVector gradient[outputs];
        HWY_UNROLL(8)
        for (int o = 0; o < outputs; ++o) gradient[o] = hn::Load(d, dy_at + o * dy.channel_stride);
        HWY_UNROLL(9)
        for (int k = 0; k < kTaps; ++k) {
          const FloatVector pixel = hn::Load(d, x_at + k / columns * x_row + k % columns * kBlock);
          HWY_UNROLL(8)
          for (int o = 0; o < outputs; ++o) {
            sum[o][k] = hn::MulAdd(pixel, gradient[o], sum[o][k]);
          }
        }
      }
    }
    for (int o = 0; o < outputs; ++o) {
      for (int k = 0; k < kTaps; ++k) parts[o][k][part] = sum[o][k];
    }
  }
  for (int o = 0; o < outputs; ++o) {
    for (int k = 0; k < kTaps; ++k) {
      Lanes lanes;
      for (int part = 0; part < kVectors; ++part) lanes.v[part] = parts[o][k][part];
      put(output + o, first_row + k / columns, first_column + k % columns, SumLanes(lanes));
    }
  }
}

// The same for a 1x1 convolution: `outputs` x `inputs` weights at once.
template <int outputs, int inputs, class Reader, class Put>
HWY_INLINE void PointwiseGradientTile(const BlockView& dy, int output, const BlockView& x,
                                      const BlockView& affine, int input, int step,
                                      const Put& put) {
  const FloatTag d;
  const std::size_t x_step = static_cast<std::size_t>(step) * kBlock;
  FloatVector parts[outputs][inputs][kVectors];
  for (int part = 0; part < kVectors; ++part) {
    FloatVector sum[outputs][inputs];
    HWY_UNROLL(8)
    for (int o = 0; o < outputs; ++o) {
      HWY_UNROLL(8)
      for (int i = 0; i < inputs; ++i) sum[o][i] = hn::Zero(d);
    }
    for (int row = 0; row < dy.shape.height; ++row) {
      const float* x_at = x.at(input, row * step, 0) + part * kVectorSize;
      const float* dy_at = dy.at(output, row, 0) + part * kVectorSize;
      for (int column = 0; column < dy.shape.width; ++column, x_at += x_step, dy_at += kBlock) {
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

// Sums of dy over a block's pixels, of `channels` from `first` on: put(channel, sum). Row by row,
// so that no sum grows long.
template <int channels, class Put>
HWY_INLINE void SumChannels(const BlockView& dy, int first, const Put& put) {
  const FloatTag d;
  FloatVector parts[channels][kVectors];
  for (int part = 0; part < kVectors; ++part) {
    FloatVector sum[channels];
    for (int c = 0; c < channels; ++c) sum[c] = hn::Zero(d);
    for (int row = 0; row < dy.shape.height; ++row) {
      const float* at = dy.at(first, row, 0) + part * kVectorSize;
      FloatVector row_sum[channels];
      for (int c = 0; c < channels; ++c) row_sum[c] = hn::Zero(d);
      for (int column = 0; column < dy.shape.width; ++column, at += kBlock) {
        HWY_UNROLL(8)
        for (int c = 0; c < channels; ++c) {
          row_sum[c] = hn::Add(row_sum[c], hn::Load(d, at + c * dy.channel_stride));
        }
      }
      for (int c = 0; c < channels; ++c) sum[c] = hn::Add(sum[c], row_sum[c]);
    }
    for (int c = 0; c < channels; ++c) parts[c][part] = sum[c];
  }
  for (int c = 0; c < channels; ++c) {
    Lanes lanes;
    for (int part = 0; part < kVectors; ++part) lanes.v[part] = parts[c][part];
    put(first + c, SumLanes(lanes));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_GRADIENT_TILES_INL_H_
