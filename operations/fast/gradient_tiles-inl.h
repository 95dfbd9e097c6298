// The register-blocked kernels behind the gradient of a convolution's weights, for a tile of
// weights, and of its biases.
#if defined(NORMLAB_ENGINE_GRADIENT_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_GRADIENT_TILES_INL_H_
#undef NORMLAB_ENGINE_GRADIENT_TILES_INL_H_
#else
#define NORMLAB_ENGINE_GRADIENT_TILES_INL_H_
#endif

#include "base/at.h"
#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/reader-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Some rows of the gradient dy, and what is read beside their first pixel: `x`, and `step` rows and
// columns further with each row and column of dy.
struct GradientStrip {
  BlockView dy;
  const float* x;
  std::size_t x_row;
  int step;
  bool first;  // of the map: nothing is added to
};

// sums[output][tap] (+)= x * dy over a strip's pixels, per lane, rows in order: for `outputs` from
// `output` on and `rows` x `columns` taps from (first_row, first_column) on. The taps' sums lie
// behind one another, those of the next output `output_stride` floats further; `sums` is the first
// of them.
template <int outputs, int rows, int columns>
HWY_NOINLINE void AddWeightGradient(const GradientStrip& strip, int output, int first_row,
                                    int first_column, std::size_t output_stride,
                                    float* HWY_RESTRICT sums) {
  constexpr int kTaps = rows * columns;
  const FloatTag d;
  const BlockView& dy = strip.dy;
  const std::size_t x_row = strip.x_row, x_step = At(strip.step) * kBlock;
  // From a row's last pixel to the next one's first.
  const std::size_t x_next_row = At(strip.step) * x_row - At(dy.shape.width - 1) * x_step;
  const std::size_t dy_next_row = dy.row_stride - At(dy.shape.width - 1) * kBlock;
  for (int part = 0; part < kBlock; part += kVectorSize, sums += kVectorSize) {
    FloatVector sum[outputs][kTaps];
    HWY_UNROLL(8)
    for (int o = 0; o < outputs; ++o) {
      HWY_UNROLL(9)
      for (int k = 0; k < kTaps; ++k) {
        sum[o][k] = strip.first ? hn::Zero(d) : hn::Load(d, sums + o * output_stride + k * kBlock);
      }
    }
    // One loop over rows and columns: a loop of its own for the columns would be left by a
    // mispredicted branch at the end of every row.
    const float* x_at = strip.x + At(first_row) * x_row + first_column * kBlock + part;
    const float* dy_at = dy.at(output, 0, 0) + part;
    const int width = dy.shape.width;
    for (int left = dy.shape.height * width, column = 1; left > 0; --left, ++column) {
      FloatVector gradient[outputs];
      HWY_UNROLL(8)
      for (int o = 0; o < outputs; ++o) gradient[o] = hn::Load(d, dy_at + o * dy.channel_stride);
      HWY_UNROLL(9)
      for (int k = 0; k < kTaps; ++k) {
        const FloatVector pixel =
            InRegister(hn::Load(d, x_at + k / columns * x_row + k % columns * kBlock));
        HWY_UNROLL(8)
        for (int o = 0; o < outputs; ++o) {
          sum[o][k] = hn::MulAdd(pixel, gradient[o], sum[o][k]);
        }
      }
      const bool ends = column == width;
      x_at += ends ? x_next_row : x_step;
      dy_at += ends ? dy_next_row : kBlock;
      column = ends ? 0 : column;
    }
    HWY_UNROLL(8)
    for (int o = 0; o < outputs; ++o) {
      HWY_UNROLL(9)
      for (int k = 0; k < kTaps; ++k) {
        hn::Store(sum[o][k], d, sums + o * output_stride + k * kBlock);
      }
    }
  }
}

// Of a 1x1 convolution: `outputs` x `inputs` weights at once over the whole map, put(output, input,
// sum).
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
