// The gradient of a convolution's weights by direct sums, and of its biases: which kernel of
// operations/fast/gradient_tiles-inl.h computes which weights.
#if defined(NORMLAB_ENGINE_DIRECT_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_DIRECT_GRADIENT_INL_H_
#undef NORMLAB_ENGINE_DIRECT_GRADIENT_INL_H_
#else
#define NORMLAB_ENGINE_DIRECT_GRADIENT_INL_H_
#endif

#include <algorithm>

#include "base/at.h"
#include "operations/fast/gradient_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Kernels larger than a pixel. The map is cut into strips of rows that the first-level cache holds
// for all weights of an input channel; what is summed so far waits in the workspace.
class DirectGradient {
 public:
  DirectGradient(int outputs, int kernel, int padding, int step)
      : outputs_(outputs),
        kernel_(kernel),
        padding_(padding),
        step_(step),
        most_outputs_(kSums / (kernel * kernel) / 4 * 4) {}

  static constexpr std::size_t WorkspaceSize() { return kSums * kBlock + kSums; }

  // put(output, input, tap, sum) for every weight of one block.
  template <class Put>
  void Run(const BlockView& x, const BlockView& dy, float* workspace, const Put& put) const {
    for (int output = 0; output < outputs_; output += most_outputs_) {
      const BlockView some = dy.Channels(output, std::min(most_outputs_, outputs_ - output));
      for (int input = 0; input < x.shape.channels; ++input) {
        SumStrips(x, input, some, workspace);
        PutSums(some.shape.channels, workspace,
                [&](int o, int tap, float sum) { put(output + o, input, tap, sum); });
      }
    }
  }

 private:
  static constexpr int kStripPixels = 64;
  static constexpr int kSums = 256;  // a third of the first-level cache

  void SumStrips(const BlockView& x, int input, const BlockView& dy, float* sums) const {
    const int rows = (kStripPixels + dy.shape.width - 1) / dy.shape.width;
    for (int row = 0; row < dy.shape.height; row += rows) {
      GradientStrip strip = {dy, x.at(input, row * step_ - padding_, -padding_), x.row_stride,
                             step_, row == 0};
      strip.dy.origin = dy.at(0, row, 0);
      strip.dy.shape.height = std::min(rows, dy.shape.height - row);
      AddStrip(strip, sums);
    }
  }

  void AddStrip(const GradientStrip& strip, float* sums) const {
    // Of 3x3, 3 outputs x all taps fill 32 registers.
    constexpr bool kWhole = kManyRegisters;
    for (int output = 0; output < strip.dy.shape.channels;) {
      const int left = strip.dy.shape.channels - output;
      const int widest = kWhole && kernel_ == 3 && left != 4 ? 3 : 4;
      const int size = left >= widest ? widest : left >= 2 ? 2 : 1;
      float* of_outputs = sums + At(output * kernel_ * kernel_) * kBlock;
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

  // put(output, tap, sum)
  template <class Put>
  void PutSums(int outputs, float* sums, const Put& put) const {
    const int taps = kernel_ * kernel_;
    float* totals = sums + kSums * kBlock;
    for (int first = 0; first < outputs * taps; first += kBlock) {
      SumLanesOfSixteen(sums + first * kBlock, totals + first);
    }
    for (int output = 0; output < outputs; ++output) {
      for (int tap = 0; tap < taps; ++tap) put(output, tap, *totals++);
    }
  }

  // 16 sums' lanes to 16 numbers.
  static void SumLanesOfSixteen(const float* sums, float* to) {
    FloatVector parts[kVectors][kBlock];
    for (int part = 0; part < kVectors; ++part) {
      for (int k = 0; k < kBlock; ++k) {
        parts[part][k] = hn::Load(FloatTag(), sums + k * kBlock + part * kVectorSize);
      }
    }
    SumLanesOfEach<kBlock>(parts, true, to);
  }

  int outputs_, kernel_, padding_, step_;
  int most_outputs_;  // whose sums are made together
};

template <class Reader, class Put>
void WeightGradient1x1(const BlockView& dy, const BlockView& x, const BlockView& affine, int step,
                       const Put& put) {
  constexpr int kInputs = kManyRegisters ? 4 : 2;
  for (int output = 0; output < dy.shape.channels;) {
    const bool wide_output = dy.shape.channels - output >= 4;
    for (int input = 0; input < x.shape.channels;) {
      const bool wide_input = x.shape.channels - input >= kInputs;
      if (wide_output && wide_input) {
        PointwiseGradientTile<4, kInputs, Reader>(dy, output, x, affine, input, step, put);
      } else if (wide_output) {
        PointwiseGradientTile<4, 1, Reader>(dy, output, x, affine, input, step, put);
      } else if (wide_input) {
        PointwiseGradientTile<1, kInputs, Reader>(dy, output, x, affine, input, step, put);
      } else {
        PointwiseGradientTile<1, 1, Reader>(dy, output, x, affine, input, step, put);
      }
      input += wide_input ? kInputs : 1;
    }
    output += wide_output ? 4 : 1;
  }
}

// put(output, sum)
template <class Put>
void BiasGradient(const BlockView& dy, const Put& put) {
  int output = 0;
  for (; output + 4 <= dy.shape.channels; output += 4) SumChannels<4>(dy, output, put);
  for (; output < dy.shape.channels; ++output) SumChannels<1>(dy, output, put);
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_DIRECT_GRADIENT_INL_H_
