// The gradient of a convolution's weights by direct sums, and of its biases: which kernel of
// operations/fast/gradient_tiles-inl.h computes which weights.
#if defined(NORMLAB_ENGINE_DIRECT_GRADIENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_DIRECT_GRADIENT_INL_H_
#undef NORMLAB_ENGINE_DIRECT_GRADIENT_INL_H_
#else
#define NORMLAB_ENGINE_DIRECT_GRADIENT_INL_H_
#endif

#include "operations/fast/gradient_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// 3x3: 3 outputs x 9 taps fill AVX-512's registers; with 16 registers 4 outputs x one row of taps.
template <class Put>
void WeightGradient3x3(const BlockView& dy, const BlockView& x, int padding, int step,
                       const Put& put) {
  constexpr int kOutputs = kManyRegisters ? 3 : 4;
  constexpr int kRows = kManyRegisters ? 3 : 1;
  const int outputs = dy.shape.channels;
  for (int output = 0; output < outputs;) {
    const int left = outputs - output;
    const int size = left >= kOutputs && left != 4 ? kOutputs : left >= 2 ? 2 : 1;
    for (int input = 0; input < x.shape.channels; ++input) {
      const auto put_input = [&](int o, int ky, int kx, float sum) { put(o, input, ky, kx, sum); };
      const GradientInput from = {x.at(input, -padding, -padding), x.row_stride, step};
      for (int row = 0; row < 3; row += kRows) {
        if (size == kOutputs) {
          WeightGradientTile<kOutputs, kRows, 3>(dy, output, from, row, 0, put_input);
        } else if (size == 2) {
          WeightGradientTile<2, kRows, 3>(dy, output, from, row, 0, put_input);
        } else {
          WeightGradientTile<1, kRows, 3>(dy, output, from, row, 0, put_input);
        }
      }
    }
    output += size;
  }
}

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

// As many taps of a row as a tile of four outputs has registers for: whole rows of 3 and 5 and 4 +
// 3 of 7 with 32 registers; 3 + 2, 3 + 2 + 2 with 16.
constexpr int TapsAtOnce(int left) {
  if (kManyRegisters) return left == 7 ? 4 : left;
  return left % 2 == 1 ? 3 : 2;
}

template <int outputs, class Put>
void WeightGradientRow(const BlockView& dy, int output, const GradientInput& x, int kernel, int row,
                       const Put& put) {
  for (int column = 0; column < kernel;) {
    const int taps = TapsAtOnce(kernel - column);
    switch (taps) {
      case 5:
        if constexpr (kManyRegisters) {
          WeightGradientTile<outputs, 1, 5>(dy, output, x, row, column, put);
        }
        break;
      case 4:
        if constexpr (kManyRegisters) {
          WeightGradientTile<outputs, 1, 4>(dy, output, x, row, column, put);
        }
        break;
      case 3:
        WeightGradientTile<outputs, 1, 3>(dy, output, x, row, column, put);
        break;
      default:
        WeightGradientTile<outputs, 1, 2>(dy, output, x, row, column, put);
    }
    column += taps;
  }
}

// Kernels of 5 and 7, put(output, input, ky, kx, sum).
template <class Put>
void WeightGradientByRows(const BlockView& dy, const BlockView& x, int kernel, int padding,
                          int step, const Put& put) {
  for (int output = 0; output < dy.shape.channels;) {
    const int left = dy.shape.channels - output;
    const int size = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    for (int input = 0; input < x.shape.channels; ++input) {
      const auto put_input = [&](int o, int ky, int kx, float sum) { put(o, input, ky, kx, sum); };
      const GradientInput from = {x.at(input, -padding, -padding), x.row_stride, step};
      for (int row = 0; row < kernel; ++row) {
        if (size == 4) {
          WeightGradientRow<4>(dy, output, from, kernel, row, put_input);
        } else if (size == 2) {
          WeightGradientRow<2>(dy, output, from, kernel, row, put_input);
        } else {
          WeightGradientRow<1>(dy, output, from, kernel, row, put_input);
        }
      }
    }
    output += size;
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
