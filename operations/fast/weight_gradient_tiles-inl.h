// The register-blocked kernels behind the gradient of a convolution's weights, for a tile of
// weights, and of its biases.
#if defined(NORMLAB_ENGINE_WEIGHT_GRADIENT_TILES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_WEIGHT_GRADIENT_TILES_INL_H_
#undef NORMLAB_ENGINE_WEIGHT_GRADIENT_TILES_INL_H_
#else
#define NORMLAB_ENGINE_WEIGHT_GRADIENT_TILES_INL_H_
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
  std::size_t x_row, x_channel;
  int step;
  bool first;  // of the map: nothing is added to
};

// From pixel to pixel of dy and of x. Rows and columns are one loop: a loop of its own for the
// columns would be left by a mispredicted branch at the end of every row.
class PixelSteps {
 public:
  explicit PixelSteps(const GradientStrip& strip)
      : width_(strip.dy.shape.width),
        x_column_(At(strip.step) * kBlock),
        x_row_(At(strip.step) * strip.x_row - At(width_ - 1) * x_column_),
        dy_row_(strip.dy.row_stride - At(width_ - 1) * kBlock) {}

  // `column`: from 1.
  HWY_INLINE void Next(int& column, const float*& x, const float*& dy) const {
    const bool ends = column == width_;
    x += ends ? x_row_ : x_column_;
    dy += ends ? dy_row_ : kBlock;
    column = ends ? 0 : column;
  }

 private:
  int width_;
  std::size_t x_column_;
  std::size_t x_row_, dy_row_;  // from a row's last pixel to the next one's first
};

template <int outputs, int taps>
HWY_INLINE void LoadSums(bool zero, std::size_t output_stride, const float* HWY_RESTRICT sums,
                         FloatVector (&sum)[outputs][taps]) {
  const FloatTag d;
  HWY_UNROLL(8)
  for (int o = 0; o < outputs; ++o) {
    HWY_UNROLL(9)
    for (int k = 0; k < taps; ++k) {
      sum[o][k] = zero ? hn::Zero(d) : hn::Load(d, sums + o * output_stride + k * kBlock);
    }
  }
}
template <int outputs, int taps>
HWY_INLINE void StoreSums(const FloatVector (&sum)[outputs][taps], std::size_t output_stride,
                          float* HWY_RESTRICT sums) {
  HWY_UNROLL(8)
  for (int o = 0; o < outputs; ++o) {
    HWY_UNROLL(9)
    for (int k = 0; k < taps; ++k) {
      hn::Store(sum[o][k], FloatTag(), sums + o * output_stride + k * kBlock);
    }
  }
}

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
  const PixelSteps steps(strip);
  const std::size_t x_row = strip.x_row;
  for (int part = 0; part < kBlock; part += kVectorSize, sums += kVectorSize) {
    FloatVector sum[outputs][kTaps];
    LoadSums(strip.first, output_stride, sums, sum);
    const float* x_at = strip.x + At(first_row) * x_row + first_column * kBlock + part;
    const float* dy_at = dy.at(output, 0, 0) + part;
    for (int left = dy.shape.height * dy.shape.width, column = 1; left > 0; --left, ++column) {
      FloatVector gradient[outputs];
      HWY_UNROLL(8)
      for (int o = 0; o < outputs; ++o) gradient[o] = hn::Load(d, dy_at + o * dy.channel_stride);
      HWY_UNROLL(9)
      for (int k = 0; k < kTaps; ++k) {
        const FloatVector pixel =
            InRegister(hn::Load(d, x_at + k / columns * x_row + k % columns * kBlock));
        HWY_UNROLL(8)
        for (int o = 0; o < outputs; ++o) sum[o][k] = hn::MulAdd(pixel, gradient[o], sum[o][k]);
      }
      steps.Next(column, x_at, dy_at);
    }
    StoreSums(sum, output_stride, sums);
  }
}

// The same for `outputs` x `inputs` weights of a 1x1 convolution, from `input` of x on.
template <int outputs, int inputs, class Reader>
HWY_NOINLINE void AddPointwiseGradient(const GradientStrip& strip, const BlockView& affine,
                                       int output, int input, std::size_t output_stride,
                                       float* HWY_RESTRICT sums) {
  const FloatTag d;
  const BlockView& dy = strip.dy;
  const PixelSteps steps(strip);
  for (int part = 0; part < kBlock; part += kVectorSize, sums += kVectorSize) {
    FloatVector sum[outputs][inputs];
    LoadSums(strip.first, output_stride, sums, sum);
    const float* x_at = strip.x + At(input) * strip.x_channel + part;
    const float* dy_at = dy.at(output, 0, 0) + part;
    for (int left = dy.shape.height * dy.shape.width, column = 1; left > 0; --left, ++column) {
      FloatVector gradient[outputs];
      HWY_UNROLL(8)
      for (int o = 0; o < outputs; ++o) gradient[o] = hn::Load(d, dy_at + o * dy.channel_stride);
      HWY_UNROLL(8)
      for (int i = 0; i < inputs; ++i) {
        const Reader read(affine, input + i, part);
        const FloatVector pixel = InRegister(read(x_at + i * strip.x_channel));
        HWY_UNROLL(8)
        for (int o = 0; o < outputs; ++o) sum[o][i] = hn::MulAdd(pixel, gradient[o], sum[o][i]);
      }
      steps.Next(column, x_at, dy_at);
    }
    StoreSums(sum, output_stride, sums);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_WEIGHT_GRADIENT_TILES_INL_H_
