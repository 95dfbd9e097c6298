// The two kernels of a depthwise convolution on rows that lie in the first-level cache: a row of
// outputs, which the forward pass and the input gradient are made of, and the sums of products that
// are the gradient of a filter.
#if defined(NORMLAB_ENGINE_DEPTHWISE_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_DEPTHWISE_ROWS_INL_H_
#undef NORMLAB_ENGINE_DEPTHWISE_ROWS_INL_H_
#else
#define NORMLAB_ENGINE_DEPTHWISE_ROWS_INL_H_
#endif

#include <algorithm>
#include <cassert>
#include <cstddef>

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

inline constexpr int kLargestKernel = 7;

// Rows of outputs, each a sum over `tap_rows` x `taps` pixels:
//
//   y[q][p] = start + sum over r, k of x[top + q * stride + r][p * stride + k] * weights[r][k]
//
// or the positive part of that. Rows that x does not have count as zero.
struct OutputRows {
  const float* x = nullptr;  // row 0; tap 0 of output 0
  std::ptrdiff_t x_row = 0;  // floats from one row to the next
  int x_rows = 0;
  int top = 0;
  int tap_rows = 1, taps = 1;
  int stride = 1;
  const float* weights = nullptr;  // [tap_rows][taps]
  float start = 0;
  bool positive_part = false;
  float* y = nullptr;
  std::ptrdiff_t y_row = 0;
  int step = 1;  // pixels from one output to the next
  int rows = 0, columns = 0;
};

// The same pointer. GCC would carry pixels from one tile to the next and, with 16 registers, keep
// sums in memory for that, where they wait for each other (half as fast, measured).
HWY_INLINE const float* Unrelated(const float* pointer) {
#if HWY_COMPILER_GCC_ACTUAL
  __asm__("" : "+r"(pointer));
#endif
  return pointer;
}

// One row of taps: sum[i] += sum over k of x[i * stride + k] * weights[k]. `stride` 0:
// `step` floats, whatever they are.
template <int taps, int stride, int columns, int chains>
HWY_INLINE void AddRowOfTaps(const float* HWY_RESTRICT x, std::size_t step,
                             const float* HWY_RESTRICT weights,
                             FloatVector (&sum)[chains][columns]) {
  const FloatTag d;
  if constexpr (stride == 0) {
    HWY_UNROLL(7)
    for (int k = 0; k < taps; ++k) {
      const FloatVector weight = hn::Set(d, weights[k]);
      HWY_UNROLL(8)
      for (int i = 0; i < columns; ++i) {
        const FloatVector pixel = hn::Load(d, x + i * step + k * kBlock);
        sum[k % chains][i] = hn::MulAdd(pixel, weight, sum[k % chains][i]);
      }
    }
  } else {
    constexpr int kPixels = (columns - 1) * stride + taps;
    constexpr bool kFit = kPixels + columns * chains + 1 <= (kManyRegisters ? 32 : 16);
    FloatVector pixel[kPixels];
    HWY_UNROLL(21)
    for (int i = 0; i < kPixels; ++i) {
      pixel[i] = hn::Load(d, x + i * kBlock);
      if (kFit) pixel[i] = InRegister(pixel[i]);
    }
    HWY_UNROLL(7)
    for (int k = 0; k < taps; ++k) {
      const FloatVector weight = hn::Set(d, weights[k]);
      HWY_UNROLL(8)
      for (int i = 0; i < columns; ++i) {
        sum[k % chains][i] = hn::MulAdd(pixel[i * stride + k], weight, sum[k % chains][i]);
      }
    }
  }
}

// The taps of one row of outputs that lie in x: `count` rows of them, from tap 0 of output 0 on.
struct TapsOfRow {
  const float* x;
  const float* weights;
  int count;
};

// A tile of `columns` outputs, from `first` on. `stride`, `step` 0: whatever the rows say.
template <int taps, int stride, int step, int columns>
HWY_INLINE void CorrelateColumns(const OutputRows& rows, const TapsOfRow& row, std::size_t first,
                                 float* HWY_RESTRICT y) {
  const FloatTag d;
  // Two units add for four cycles, so that eight sums keep them busy without a gap. Where a tile
  // has more multiply-adds than the processor looks ahead, no other tile fills the gaps there are.
  constexpr int kChains = kManyRegisters && taps > 3 ? 2 : 1;
  const std::size_t x_step = (stride > 0 ? stride : rows.stride) * std::size_t{kBlock};
  FloatVector sum[kChains][columns];
  HWY_UNROLL(8)
  for (int i = 0; i < columns; ++i) {
    sum[0][i] = hn::Set(d, rows.start);
    if (kChains == 2) sum[kChains - 1][i] = hn::Zero(d);
  }
  const float* x = row.x + first * x_step;
  const float* weights = row.weights;
  for (int r = 0; r < row.count; ++r, x += rows.x_row, weights += taps) {
    AddRowOfTaps<taps, stride>(x, x_step, weights, sum);
  }
  const std::size_t y_step = (step > 0 ? step : rows.step) * std::size_t{kBlock};
  y += first * y_step;
  if constexpr (kChains == 2) {
    HWY_UNROLL(8)
    for (int i = 0; i < columns; ++i) sum[0][i] = hn::Add(sum[0][i], sum[kChains - 1][i]);
  }
  if (rows.positive_part) {
    HWY_UNROLL(8)
    for (int i = 0; i < columns; ++i) sum[0][i] = AtLeast(hn::Zero(d), sum[0][i]);
  }
  HWY_UNROLL(8)
  for (int i = 0; i < columns; ++i) hn::Store(sum[0][i], d, y + i * y_step);
}

inline constexpr int kColumnsAtOnce = kManyRegisters ? 8 : 4;

// The outputs from `i` on: whole tiles, then narrower ones.
template <int taps, int stride, int step>
HWY_INLINE void CorrelateRow(const OutputRows& rows, const TapsOfRow& row, std::size_t i,
                             float* y) {
  const std::size_t count = rows.columns;
  for (; i + kColumnsAtOnce <= count; i += kColumnsAtOnce) {
    CorrelateColumns<taps, stride, step, kColumnsAtOnce>(rows, row, i, y);
  }
  if (kColumnsAtOnce == 8 && i + 4 <= count) {
    CorrelateColumns<taps, stride, step, 4>(rows, row, i, y);
    i += 4;
  }
  if (i + 2 <= count) {
    CorrelateColumns<taps, stride, step, 2>(rows, row, i, y);
    i += 2;
  }
  if (i < count) CorrelateColumns<taps, stride, step, 1>(rows, row, i, y);
}

// Of row q of the outputs.
HWY_INLINE TapsOfRow TapsAt(const OutputRows& rows, int q, int part) {
  const int top = rows.top + q * rows.stride;
  const int first = std::max(0, -top), end = std::min(rows.tap_rows, rows.x_rows - top);
  return {rows.x + (top + first) * rows.x_row + part, rows.weights + first * rows.taps,
          std::max(0, end - first)};
}

template <int taps, int stride, int step>
HWY_NOINLINE void CorrelateRows(const OutputRows& shared) {
  const OutputRows rows = shared;  // which no store can change
  for (int part = 0; part < kBlock; part += kVectorSize) {
    float* y = rows.y + part;
    for (int q = 0; q < rows.rows; ++q, y += rows.y_row) {
      CorrelateRow<taps, stride, step>(rows, TapsAt(rows, q, part), 0, y);
    }
  }
}

// Both phases of columns that a stride of 2 has, tile by tile, so that what they write lies
// together.
template <int taps, int odd_taps>
HWY_NOINLINE void CorrelateByTwoPhases(const OutputRows& shared_even,
                                       const OutputRows& shared_odd) {
  const OutputRows even = shared_even, odd = shared_odd;
  const std::size_t whole = std::min(even.columns, odd.columns) / kColumnsAtOnce * kColumnsAtOnce;
  for (int part = 0; part < kBlock; part += kVectorSize) {
    float *y_even = even.y + part, *y_odd = odd.y + part;
    for (int q = 0; q < even.rows; ++q, y_even += even.y_row, y_odd += odd.y_row) {
      const TapsOfRow row = TapsAt(even, q, part), odd_row = TapsAt(odd, q, part);
      for (std::size_t i = 0; i < whole; i += kColumnsAtOnce) {
        CorrelateColumns<taps, 1, 2, kColumnsAtOnce>(even, row, i, y_even);
        CorrelateColumns<odd_taps, 1, 2, kColumnsAtOnce>(odd, odd_row, i, y_odd);
      }
      CorrelateRow<taps, 1, 2>(even, row, whole, y_even);
      CorrelateRow<odd_taps, 1, 2>(odd, odd_row, whole, y_odd);
    }
  }
}

template <int taps>
void CorrelateByFilter(const OutputRows& rows) {
  if (rows.stride == 1) {
    CorrelateRows<taps, 1, 1>(rows);
  } else if (rows.stride == 2) {
    CorrelateRows<taps, 2, 1>(rows);
  } else {
    CorrelateRows<taps, 0, 1>(rows);
  }
}

// By all taps of filters of 1, 3, 5 or 7; outputs side by side.
inline void CorrelateByFilter(const OutputRows& rows) {
  switch (rows.taps) {
    case 1:
      return CorrelateByFilter<1>(rows);
    case 3:
      return CorrelateByFilter<3>(rows);
    case 5:
      return CorrelateByFilter<5>(rows);
    default:
      assert(rows.taps == 7);
      return CorrelateByFilter<7>(rows);
  }
}

// By the taps of the two phases of such a filter.
inline void CorrelateByTwoPhases(const OutputRows& even, const OutputRows& odd) {
  switch (even.taps) {
    case 1:
      return CorrelateByTwoPhases<1, 1>(even, odd);
    case 2:
      return CorrelateByTwoPhases<2, 1>(even, odd);
    case 3:
      return CorrelateByTwoPhases<3, 2>(even, odd);
    default:
      assert(even.taps == 4);
      return CorrelateByTwoPhases<4, 3>(even, odd);
  }
}

// By those of one of three phases or more.
inline void CorrelateByPhase(const OutputRows& rows) {
  switch (rows.taps) {
    case 1:
      return CorrelateRows<1, 1, 0>(rows);
    case 2:
      return CorrelateRows<2, 1, 0>(rows);
    default:
      assert(rows.taps == 3);
      return CorrelateRows<3, 1, 0>(rows);
  }
}

// Rows of outputs' gradients, and the pixels that their taps read.
struct ProductRows {
  const float* x = nullptr;  // tap row 0 of output row 0; tap 0 of output 0
  std::ptrdiff_t x_row = 0;
  int stride = 1;
  const float* dy = nullptr;
  std::ptrdiff_t dy_row = 0;
  int rows = 0, columns = 0;
};

// sum[r][k] += x * dy for some columns of a row. `stride` 0: `step` pixels.
template <int kernel, int tap_rows, int stride, int columns>
HWY_INLINE void AddProductsOfColumns(const float* x, std::ptrdiff_t x_row, std::size_t step,
                                     const float* HWY_RESTRICT dy, std::size_t column,
                                     FloatVector (&sum)[tap_rows * kernel]) {
  const FloatTag d;
  FloatVector gradient[columns];
  HWY_UNROLL(4)
  for (int i = 0; i < columns; ++i) gradient[i] = hn::Load(d, dy + (column + i) * kBlock);
  HWY_UNROLL(3)
  for (int r = 0; r < tap_rows; ++r) {
    const float* from = x + r * x_row + column * step * kBlock;
    if constexpr (!kManyRegisters) from = Unrelated(from);
    constexpr int kPixels = stride > 0 ? (columns - 1) * stride + kernel : 1;
    FloatVector pixel[kPixels];
    HWY_UNROLL(16)
    for (int i = 0; stride > 0 && i < kPixels; ++i) pixel[i] = hn::Load(d, from + i * kBlock);
    HWY_UNROLL(4)
    for (int i = 0; i < columns; ++i) {
      HWY_UNROLL(7)
      for (int k = 0; k < kernel; ++k) {
        const FloatVector read =
            stride > 0 ? pixel[i * stride + k] : hn::Load(d, from + (i * step + k) * kBlock);
        sum[r * kernel + k] = hn::MulAdd(read, gradient[i], sum[r * kernel + k]);
      }
    }
  }
}

// sums[tap][16] (+)= x * dy over the rows, for the taps of `tap_rows` of the filter's rows. With
// `first` nothing is added to.
template <int kernel, int tap_rows, int stride, int columns>
HWY_NOINLINE void AddProducts(const ProductRows& rows, int first_tap_row, bool first,
                              float* HWY_RESTRICT sums) {
  const FloatTag d;
  constexpr int kTaps = tap_rows * kernel;
  const std::size_t step = stride > 0 ? stride : rows.stride, count = rows.columns;
  for (int part = 0; part < kBlock; part += kVectorSize) {
    FloatVector sum[kTaps];
    HWY_UNROLL(16)
    for (int k = 0; k < kTaps; ++k) {
      sum[k] = first ? hn::Zero(d) : hn::Load(d, sums + k * kBlock + part);
    }
    const float* x = rows.x + first_tap_row * rows.x_row + part;
    const float* dy = rows.dy + part;
    for (int row = 0; row < rows.rows; ++row, x += rows.stride * rows.x_row, dy += rows.dy_row) {
      std::size_t column = 0;
      for (; column + columns <= count; column += columns) {
        AddProductsOfColumns<kernel, tap_rows, stride, columns>(x, rows.x_row, step, dy, column,
                                                                sum);
      }
      for (; column < count; ++column) {
        AddProductsOfColumns<kernel, tap_rows, stride, 1>(x, rows.x_row, step, dy, column, sum);
      }
    }
    HWY_UNROLL(16)
    for (int k = 0; k < kTaps; ++k) hn::Store(sum[k], d, sums + k * kBlock + part);
  }
}

// As many of the filter's rows at once as registers hold sums of, beside the pixels of a tile.
template <int kernel, int stride>
void AddProductsOfFilter(const ProductRows& rows, bool first, float* sums) {
  constexpr int kSums = kManyRegisters ? 15 : 10, kMost = std::max(1, kSums / kernel);
  constexpr int kAtOnce = kernel < kMost ? kernel : kMost, kRest = kernel % kAtOnce;
  constexpr int kColumns = kManyRegisters || kernel <= 3 ? 4 : 2;
  int row = 0;
  for (; row + kAtOnce <= kernel; row += kAtOnce, sums += kAtOnce * kernel * kBlock) {
    AddProducts<kernel, kAtOnce, stride, kColumns>(rows, row, first, sums);
  }
  if constexpr (kRest > 0) {
    AddProducts<kernel, kRest, stride, kColumns>(rows, row, first, sums);
  }
}

// sums[kernel][kernel][16] (+)= x * dy.
template <int kernel>
void AddFilterGradient(const ProductRows& rows, bool first, float* sums) {
  if (rows.stride == 1) {
    AddProductsOfFilter<kernel, 1>(rows, first, sums);
  } else if (rows.stride == 2) {
    AddProductsOfFilter<kernel, 2>(rows, first, sums);
  } else {
    AddProductsOfFilter<kernel, 0>(rows, first, sums);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_DEPTHWISE_ROWS_INL_H_
