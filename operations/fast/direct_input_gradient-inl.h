// The gradient of a convolution's input by direct sums. That of a pixel is a sum over those taps
// that meet it: with p = row + padding the taps ky that leave p - ky a multiple of the stride. So
// the pixels fall into stride x stride phases, (p mod stride) of rows and of columns, and each
// phase is a dense convolution of the output's gradient with taps of its own. No zero is
// multiplied.
#if defined(NORMLAB_ENGINE_DIRECT_INPUT_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_DIRECT_INPUT_GRADIENT_INL_H_
#undef NORMLAB_ENGINE_DIRECT_INPUT_GRADIENT_INL_H_
#else
#define NORMLAB_ENGINE_DIRECT_INPUT_GRADIENT_INL_H_
#endif

#include <algorithm>
#include <vector>

#include "operations/convolution_options.h"
#include "operations/fast/direct_convolution-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Along one axis: the pixels first, first + stride, ... of the input, which see the taps first_tap,
// first_tap + stride, ... of the kernel. The first pixel stands on `gradient` of the output, the
// j-th tap reads j rows or columns before that.
struct PhaseAxis {
  int first, count;
  int first_tap, taps;
  int gradient;
};

inline std::vector<PhaseAxis> PhasesOf(int side, const ConvolutionOptions& options) {
  const int kernel = options.kernel, padding = options.padding, stride = options.stride;
  std::vector<PhaseAxis> phases;
  for (int first = 0; first < std::min(side, stride); ++first) {
    const int tap = (first + padding) % stride;
    const int taps = tap < kernel ? (kernel - tap + stride - 1) / stride : 0;
    const int count = (side - first + stride - 1) / stride;
    phases.push_back({first, count, tap, taps, (first + padding) / stride});
  }
  return phases;
}

// In the order of the pixels that they read.
inline std::vector<Tap> TapsOf(const PhaseAxis& rows, const PhaseAxis& columns,
                               const ConvolutionOptions& options) {
  std::vector<Tap> taps;
  for (int a = rows.taps; a-- > 0;) {
    for (int b = columns.taps; b-- > 0;) {
      const int row = rows.first_tap + a * options.stride;
      const int column = columns.first_tap + b * options.stride;
      taps.push_back({-a, -b, row * options.kernel + column});
    }
  }
  return taps;
}

class DirectInputGradient {
 public:
  // From `outputs` channels of the gradient to the channels of `input`.
  DirectInputGradient(int outputs, const Shape& input, const ConvolutionOptions& options)
      : stride_(options.stride) {
    for (const PhaseAxis& rows : PhasesOf(input.height, options)) {
      for (const PhaseAxis& columns : PhasesOf(input.width, options)) {
        phases_.push_back(
            {rows, columns,
             DirectConvolution(outputs, input.channels, TapsOf(rows, columns, options))});
      }
    }
  }

  // weight(output, input, number of the weight) of the convolution itself.
  template <class WeightOf>
  void Pack(const WeightOf& weight) {
    for (Phase& phase : phases_) {
      phase.convolution.Pack(
          [&](int input, int output, int tap) { return weight(output, input, tap); });
    }
  }

  void Run(const BlockView& dy, const BlockView& dx) const {
    for (const Phase& phase : phases_) {
      const auto &rows = phase.rows, &columns = phase.columns;
      const BlockView pixels = {dx.at(0, rows.first, columns.first),
                                {dx.shape.channels, rows.count, columns.count},
                                dx.row_stride * At(stride_),
                                dx.channel_stride};
      phase.convolution.Run<PlainReader>(dy, {}, dy.at(0, rows.gradient, columns.gradient), 1,
                                         nullptr, Store(), pixels, At(stride_) * kBlock);
    }
  }

 private:
  struct Phase {
    PhaseAxis rows, columns;
    DirectConvolution convolution;
  };
  int stride_;
  std::vector<Phase> phases_;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_DIRECT_INPUT_GRADIENT_INL_H_
