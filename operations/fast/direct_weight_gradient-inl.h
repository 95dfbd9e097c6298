// The gradient of a convolution's weights by direct sums: which kernel of
// operations/fast/weight_gradient_tiles-inl.h computes which weights.
#if defined(NORMLAB_ENGINE_DIRECT_WEIGHT_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_DIRECT_WEIGHT_GRADIENT_INL_H_
#undef NORMLAB_ENGINE_DIRECT_WEIGHT_GRADIENT_INL_H_
#else
#define NORMLAB_ENGINE_DIRECT_WEIGHT_GRADIENT_INL_H_
#endif

#include <algorithm>

#include "base/at.h"
#include "operations/fast/weight_gradient_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Sums of a strip of rows that wait in the workspace for the next strip: strips are such that the
// first-level cache holds them and their sums.
class WaitingSums {
 public:
  static constexpr int kMost = 256;  // a third of the first-level cache
  static constexpr std::size_t kWorkspace = kMost * kBlock + kMost;

  explicit WaitingSums(float* workspace) : sums_(workspace), totals_(workspace + kMost * kBlock) {}

  float* at(int number) const { return sums_ + At(number) * kBlock; }

  // Of the first `count`, each over its lanes.
  const float* Totals(int count) const {
    for (int first = 0; first < count; first += kBlock) {
      FloatVector parts[kVectors][kBlock];
      for (int part = 0; part < kVectors; ++part) {
        for (int k = 0; k < kBlock; ++k) {
          parts[part][k] = hn::Load(FloatTag(), at(first + k) + part * kVectorSize);
        }
      }
      SumLanesOfEach<kBlock>(parts, true, totals_ + first);
    }
    return totals_;
  }

 private:
  float* sums_;
  float* totals_;
};

// Calls visit(strip) for strips of so many pixels; `x`: what is read beside dy's first pixel.
template <class Visit>
void ForEachStrip(int pixels, const BlockView& dy, const BlockView& x, const float* x_at, int step,
                  const Visit& visit) {
  const int rows = (pixels + dy.shape.width - 1) / dy.shape.width;
  for (int row = 0; row < dy.shape.height; row += rows) {
    GradientStrip strip = {
        dy, x_at + At(row * step) * x.row_stride, x.row_stride, x.channel_stride, step, row == 0};
    strip.dy.origin = dy.at(0, row, 0);
    strip.dy.shape.height = std::min(rows, dy.shape.height - row);
    visit(strip);
  }
}

// Kernels larger than a pixel: strips of the map for all weights of an input channel.
class DirectWeightGradient {
 public:
  DirectWeightGradient(int outputs, int kernel, int padding, int step)
      : outputs_(outputs),
        kernel_(kernel),
        padding_(padding),
        step_(step),
        outputs_at_once_(OutputsAtOnce(outputs, kernel * kernel)) {}

  // put(output, input, tap, sum) for every weight of one block.
  template <class Put>
  void Run(const BlockView& x, const BlockView& dy, float* workspace, const Put& put) const {
    const WaitingSums sums(workspace);
    const int taps = kernel_ * kernel_;
    for (int first = 0; first < outputs_; first += outputs_at_once_) {
      const BlockView some = dy.Channels(first, std::min(outputs_at_once_, outputs_ - first));
      for (int input = 0; input < x.shape.channels; ++input) {
        ForEachStrip(kStripPixels, some, x, x.at(input, -padding_, -padding_), step_,
                     [&](const GradientStrip& strip) { AddStrip(strip, sums); });
        const float* total = sums.Totals(some.shape.channels * taps);
        for (int o = 0; o < some.shape.channels; ++o) {
          for (int tap = 0; tap < taps; ++tap) put(first + o, input, tap, *total++);
        }
      }
    }
  }

 private:
  static constexpr int kStripPixels = 64;

  // As few parts as may be, of nearly equal size.
  static int OutputsAtOnce(int outputs, int taps) {
    const int most = WaitingSums::kMost / taps;
    const int parts = (outputs + most - 1) / most;
    return std::min(most, (outputs + 4 * parts - 1) / (4 * parts) * 4);
  }

  void AddStrip(const GradientStrip& strip, const WaitingSums& sums) const {
    // Of 3x3, 3 outputs x all taps fill 32 registers.
    constexpr bool kWhole = kManyRegisters;
    for (int output = 0; output < strip.dy.shape.channels;) {
      const int left = strip.dy.shape.channels - output;
      const int widest = kWhole && kernel_ == 3 && left != 4 ? 3 : 4;
      const int size = left >= widest ? widest : left >= 2 ? 2 : 1;
      float* of_outputs = sums.at(output * kernel_ * kernel_);
      switch (size) {
        case 4:
          AddOutputs<4>(strip, output, of_outputs);
          break;
        case 3:
          AddOutputs<3>(strip, output, of_outputs);
          break;
        case 2:
          AddOutputs<2>(strip, output, of_outputs);
          break;
        default:
          AddOutputs<1>(strip, output, of_outputs);
      }
      output += size;
    }
  }

  template <int outputs>
  void AddOutputs(const GradientStrip& strip, int output, float* sums) const {
    const std::size_t stride = At(kernel_ * kernel_) * kBlock;
    if constexpr (kManyRegisters && outputs <= 3) {
      if (kernel_ == 3) {
        return AddWeightGradient<outputs, 3, 3>(strip, output, 0, 0, stride, sums);
      }
    }
    if constexpr (outputs != 3) {
      for (int row = 0; row < kernel_; ++row) {
        for (int column = 0; column < kernel_;) {
          column += AddTaps<outputs>(strip, output, row, column, stride,
                                     sums + At(row * kernel_ + column) * kBlock);
        }
      }
    }
  }

  // As many taps of a row as there are registers for beside four outputs: whole rows of 3 and 5, 4
  // and 3 of 7 with 32 registers; 3 and 2 with 16. Returns how many.
  template <int outputs>
  int AddTaps(const GradientStrip& strip, int output, int row, int column, std::size_t stride,
              float* sums) const {
    const int left = kernel_ - column;
    if constexpr (kManyRegisters) {
      if (left == 5) {
        AddWeightGradient<outputs, 1, 5>(strip, output, row, column, stride, sums);
        return 5;
      }
      if (left == 7) {
        AddWeightGradient<outputs, 1, 4>(strip, output, row, column, stride, sums);
        return 4;
      }
    }
    if (left % 2 == 1) {
      AddWeightGradient<outputs, 1, 3>(strip, output, row, column, stride, sums);
      return 3;
    }
    AddWeightGradient<outputs, 1, 2>(strip, output, row, column, stride, sums);
    return 2;
  }

  int outputs_, kernel_, padding_, step_;
  int outputs_at_once_;
};

// 1x1: strips for all pairs of some inputs and some outputs.
class PointwiseWeightGradient {
 public:
  explicit PointwiseWeightGradient(int step) : step_(step) {}

  // put(output, input, sum) for every weight of one block.
  template <class Reader, class Put>
  void Run(const BlockView& x, const BlockView& affine, const BlockView& dy, float* workspace,
           const Put& put) const {
    const WaitingSums sums(workspace);
    for (int output = 0; output < dy.shape.channels; output += kOutputs) {
      const int outputs = std::min(kOutputs, dy.shape.channels - output);
      for (int input = 0; input < x.shape.channels; input += kInputs) {
        const int inputs = std::min(kInputs, x.shape.channels - input);
        const BlockView of_inputs = Reader::kNormalizes ? affine.Channels(input, inputs) : affine;
        ForEachStrip(
            kStripPixels, dy.Channels(output, outputs), x, x.at(input, 0, 0), step_,
            [&](const GradientStrip& strip) { AddStrip<Reader>(strip, of_inputs, inputs, sums); });
        const float* total = sums.Totals(outputs * kInputs);
        for (int o = 0; o < outputs; ++o) {
          for (int i = 0; i < inputs; ++i) put(output + o, input + i, total[o * kInputs + i]);
        }
      }
    }
  }

 private:
  static constexpr int kStripPixels = 32;
  static constexpr int kInputs = 8, kOutputs = WaitingSums::kMost / kInputs;

  template <class Reader>
  void AddStrip(const GradientStrip& strip, const BlockView& affine, int inputs,
                const WaitingSums& sums) const {
    for (int output = 0; output < strip.dy.shape.channels;) {
      const int left = strip.dy.shape.channels - output;
      const int size = left >= 4 ? 4 : left >= 2 ? 2 : 1;
      if (size == 4) {
        AddOutputs<4, Reader>(strip, affine, output, inputs, sums);
      } else if (size == 2) {
        AddOutputs<2, Reader>(strip, affine, output, inputs, sums);
      } else {
        AddOutputs<1, Reader>(strip, affine, output, inputs, sums);
      }
      output += size;
    }
  }

  template <int outputs, class Reader>
  void AddOutputs(const GradientStrip& strip, const BlockView& affine, int output, int inputs,
                  const WaitingSums& sums) const {
    constexpr int kWide = kManyRegisters ? 4 : 2;
    constexpr std::size_t kStride = At(kInputs) * kBlock;
    for (int input = 0; input < inputs;) {
      float* to = sums.at(output * kInputs + input);
      if (inputs - input >= kWide) {
        AddPointwiseGradient<outputs, kWide, Reader>(strip, affine, output, input, kStride, to);
        input += kWide;
      } else {
        AddPointwiseGradient<outputs, 1, Reader>(strip, affine, output, input, kStride, to);
        ++input;
      }
    }
  }

  int step_;
};

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_DIRECT_WEIGHT_GRADIENT_INL_H_
