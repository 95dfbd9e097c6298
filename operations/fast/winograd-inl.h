// Winograd's minimal filtering: F(2, 3) gives 2 outputs of a filter of 3 taps for 4 products, F(4,
// 3) gives 4 for 6. One along the rows and one along the columns make a tile: 4 x 4 outputs cost 36
// products instead of 144, 2 x 4 outputs 24 instead of 72.
//
//   Y = A^T [ (G g G^T) . (B^T d B) ] A       d inputs, g 3x3 filter, Y outputs
//   dg = G^T [ (B^T d B) . (A dY A^T) ] G     its transpose: the filter's gradient
//
// Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks". F(4, 3) has its
// polynomial's points at 0, +-sqrt(1/2), +-sqrt(2) and infinity: near 1 on both sides, they make no
// entry of the three matrices larger than 2.9, where the usual 0, +-1, +-2 reach 8;
// docs/performance.md has the bound of the error. Every lane is another image, so the transforms
// are plain vertical arithmetic.
#if defined(NORMLAB_ENGINE_WINOGRAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_WINOGRAD_INL_H_
#undef NORMLAB_ENGINE_WINOGRAD_INL_H_
#else
#define NORMLAB_ENGINE_WINOGRAD_INL_H_
#endif

#include <algorithm>

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/reader-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

inline constexpr float kRootHalf = 0.70710678118654752f;
inline constexpr float kRootTwo = 1.41421356237309505f;

// F(4, 3).
struct FourOutputs {
  static constexpr int kTile = 4;    // outputs
  static constexpr int kWindow = 6;  // inputs

  // out = B^T in: 6 to 6.
  struct Input {
    static constexpr int kFrom = 6, kTo = 6;
    static HWY_INLINE void Apply(const FloatVector* in, FloatVector* out) {
      const FloatTag d;
      const auto two = hn::Set(d, 2.0f), half = hn::Set(d, 0.5f), both = hn::Set(d, 2.5f);
      const auto a_even = hn::NegMulAdd(two, in[2], in[4]),
                 a_odd = hn::NegMulAdd(two, in[1], in[3]);
      const auto b_even = hn::NegMulAdd(half, in[2], in[4]);
      const auto b_odd = hn::NegMulAdd(half, in[1], in[3]);
      out[0] = hn::NegMulAdd(both, in[2], hn::Add(in[0], in[4]));
      out[1] = hn::MulAdd(hn::Set(d, kRootHalf), a_odd, a_even);
      out[2] = hn::NegMulAdd(hn::Set(d, kRootHalf), a_odd, a_even);
      out[3] = hn::MulAdd(hn::Set(d, kRootTwo), b_odd, b_even);
      out[4] = hn::NegMulAdd(hn::Set(d, kRootTwo), b_odd, b_even);
      out[5] = hn::NegMulAdd(both, in[3], hn::Add(in[1], in[5]));
    }
  };

  // out = A^T in: 6 to 4.
  struct Output {
    static constexpr int kFrom = 6, kTo = 4;
    static HWY_INLINE void Apply(const FloatVector* in, FloatVector* out) {
      const FloatTag d;
      const auto a_sum = hn::Add(in[1], in[2]), a_difference = hn::Sub(in[1], in[2]);
      const auto b_sum = hn::Add(in[3], in[4]), b_difference = hn::Sub(in[3], in[4]);
      out[0] = hn::Add(in[0], hn::Add(a_sum, b_sum));
      out[1] = hn::MulAdd(hn::Set(d, kRootHalf), a_difference,
                          hn::Mul(hn::Set(d, kRootTwo), b_difference));
      out[2] = hn::MulAdd(hn::Set(d, 0.5f), a_sum, hn::Add(b_sum, b_sum));
      out[3] = hn::MulAdd(hn::Set(d, kRootHalf / 2), a_difference,
                          hn::MulAdd(hn::Set(d, 2 * kRootTwo), b_difference, in[5]));
    }
  };

  // out = A in: 4 to 6.
  struct OutputGradient {
    static constexpr int kFrom = 4, kTo = 6;
    static HWY_INLINE void Apply(const FloatVector* in, FloatVector* out) {
      const FloatTag d;
      const auto half = hn::Set(d, 0.5f), two = hn::Set(d, 2.0f);
      const auto a_even = hn::MulAdd(half, in[2], in[0]), a_odd = hn::MulAdd(half, in[3], in[1]);
      const auto b_even = hn::MulAdd(two, in[2], in[0]), b_odd = hn::MulAdd(two, in[3], in[1]);
      out[0] = in[0];
      out[1] = hn::MulAdd(hn::Set(d, kRootHalf), a_odd, a_even);
      out[2] = hn::NegMulAdd(hn::Set(d, kRootHalf), a_odd, a_even);
      out[3] = hn::MulAdd(hn::Set(d, kRootTwo), b_odd, b_even);
      out[4] = hn::NegMulAdd(hn::Set(d, kRootTwo), b_odd, b_even);
      out[5] = in[3];
    }
  };

  // out = G in: 3 to 6.
  struct Filter {
    static constexpr int kFrom = 3, kTo = 6;
    static HWY_INLINE void Apply(const FloatVector* in, FloatVector* out) {
      const FloatTag d;
      const auto a_scale = hn::Set(d, -1.0f / 1.5f), b_scale = hn::Set(d, 1.0f / 6.0f);
      const auto a_even = hn::MulAdd(hn::Set(d, 0.5f), in[2], in[0]);
      const auto b_even = hn::MulAdd(hn::Set(d, 2.0f), in[2], in[0]);
      const auto a_odd = hn::Set(d, kRootHalf), b_odd = hn::Set(d, kRootTwo);
      out[0] = in[0];
      out[1] = hn::Mul(a_scale, hn::MulAdd(a_odd, in[1], a_even));
      out[2] = hn::Mul(a_scale, hn::NegMulAdd(a_odd, in[1], a_even));
      out[3] = hn::Mul(b_scale, hn::MulAdd(b_odd, in[1], b_even));
      out[4] = hn::Mul(b_scale, hn::NegMulAdd(b_odd, in[1], b_even));
      out[5] = in[2];
    }
  };

  // out = G^T in: 6 to 3.
  struct FilterGradient {
    static constexpr int kFrom = 6, kTo = 3;
    static HWY_INLINE void Apply(const FloatVector* in, FloatVector* out) {
      const FloatTag d;
      const auto a_scale = hn::Set(d, -1.0f / 1.5f), b_scale = hn::Set(d, 1.0f / 6.0f);
      const auto a_sum = hn::Mul(a_scale, hn::Add(in[1], in[2]));
      const auto b_sum = hn::Mul(b_scale, hn::Add(in[3], in[4]));
      const auto a_difference = hn::Mul(a_scale, hn::Sub(in[1], in[2]));
      const auto b_difference = hn::Mul(b_scale, hn::Sub(in[3], in[4]));
      out[0] = hn::Add(in[0], hn::Add(a_sum, b_sum));
      out[1] = hn::MulAdd(hn::Set(d, kRootHalf), a_difference,
                          hn::Mul(hn::Set(d, kRootTwo), b_difference));
      out[2] = hn::MulAdd(hn::Set(d, 0.5f), a_sum, hn::MulAdd(hn::Set(d, 2.0f), b_sum, in[5]));
    }
  };
};

// F(2, 3).
struct TwoOutputs {
  static constexpr int kTile = 2;
  static constexpr int kWindow = 4;

  // out = B^T in: 4 to 4.
  struct Input {
    static constexpr int kFrom = 4, kTo = 4;
    static HWY_INLINE void Apply(const FloatVector* in, FloatVector* out) {
      out[0] = hn::Sub(in[0], in[2]);
      out[1] = hn::Add(in[1], in[2]);
      out[2] = hn::Sub(in[2], in[1]);
      out[3] = hn::Sub(in[1], in[3]);
    }
  };

  // out = A^T in: 4 to 2.
  struct Output {
    static constexpr int kFrom = 4, kTo = 2;
    static HWY_INLINE void Apply(const FloatVector* in, FloatVector* out) {
      out[0] = hn::Add(in[0], hn::Add(in[1], in[2]));
      out[1] = hn::Sub(hn::Sub(in[1], in[2]), in[3]);
    }
  };

  // out = G in: 3 to 4.
  struct Filter {
    static constexpr int kFrom = 3, kTo = 4;
    static HWY_INLINE void Apply(const FloatVector* in, FloatVector* out) {
      const auto half = hn::Set(FloatTag(), 0.5f);
      const auto even = hn::Add(in[0], in[2]);
      out[0] = in[0];
      out[1] = hn::Mul(half, hn::Add(even, in[1]));
      out[2] = hn::Mul(half, hn::Sub(even, in[1]));
      out[3] = in[2];
    }
  };
};

// Both sides of a tile: get(row, column) down each column, then along each row;
// put(row, column, value).
template <class Down, class Along, class Get, class Put>
HWY_INLINE void TransformTile(const Get& get, const Put& put) {
  FloatVector half[Down::kTo][Along::kFrom];
  HWY_UNROLL(6)
  for (int column = 0; column < Along::kFrom; ++column) {
    FloatVector in[Down::kFrom], out[Down::kTo];
    HWY_UNROLL(6)
    for (int row = 0; row < Down::kFrom; ++row) in[row] = get(row, column);
    Down::Apply(in, out);
    HWY_UNROLL(6)
    for (int row = 0; row < Down::kTo; ++row) half[row][column] = out[row];
  }
  HWY_UNROLL(6)
  for (int row = 0; row < Down::kTo; ++row) {
    FloatVector out[Along::kTo];
    Along::Apply(half[row], out);
    HWY_UNROLL(6)
    for (int column = 0; column < Along::kTo; ++column) put(row, column, out[column]);
  }
}

// Which rows and columns of a tile's window there are; the others count as zero.
struct SlidingWindow {
  int first_row, end_row, first_column, end_column;

  bool Has(int row, int column) const {
    return row >= first_row && row < end_row && column >= first_column && column < end_column;
  }
};

// The tiles of an output map, row by row. Those at the right and lower edge may be partial.
template <class Rows, class Columns>
struct TileGrid {
  static constexpr int kProducts = Rows::kWindow * Columns::kWindow;

  int height, width;  // of the outputs
  int columns, count;
  explicit TileGrid(const Shape& outputs)
      : height(outputs.height),
        width(outputs.width),
        columns((outputs.width + Columns::kTile - 1) / Columns::kTile),
        count(columns * ((outputs.height + Rows::kTile - 1) / Rows::kTile)) {}
  int row(int tile) const { return tile / columns * Rows::kTile; }
  int column(int tile) const { return tile % columns * Columns::kTile; }
  int rows_left(int tile) const { return std::min(Rows::kTile, height - row(tile)); }
  int columns_left(int tile) const { return std::min(Columns::kTile, width - column(tile)); }
  bool whole(int tile) const {
    return rows_left(tile) == Rows::kTile && columns_left(tile) == Columns::kTile;
  }

  // The window that a tile's outputs need, which a map with its border has.
  SlidingWindow NeededWindow(int tile) const {
    return {0, rows_left(tile) + Rows::kWindow - Rows::kTile, 0,
            columns_left(tile) + Columns::kWindow - Columns::kTile};
  }
  // The part of it that lies inside the map, where the border is not stored.
  SlidingWindow InnerWindow(int tile, int border, const Shape& inputs) const {
    const int first_row = border - row(tile), first_column = border - column(tile);
    return {std::max(0, first_row), std::min(Rows::kWindow, first_row + inputs.height),
            std::max(0, first_column), std::min(Columns::kWindow, first_column + inputs.width)};
  }
};

// Transforms the pixels of a window whose row 0, column 0 is `from`, and stores value f at
// to + f * stride.
template <class Down, class Along, class Reader>
HWY_INLINE void TransformPixels(const Reader& read, const float* HWY_RESTRICT from,
                                std::size_t row_stride, const SlidingWindow& window,
                                float* HWY_RESTRICT to, std::size_t stride) {
  const FloatTag d;
  const auto put = [&](int row, int column, FloatVector value) {
    hn::Store(value, d, to + static_cast<std::size_t>(row * Along::kTo + column) * stride);
  };
  if (window.first_row == 0 && window.first_column == 0 && window.end_row == Down::kFrom &&
      window.end_column == Along::kFrom) {
    TransformTile<Down, Along>(
        [&](int row, int column) { return read(from + row * row_stride + column * kBlock); }, put);
  } else {
    TransformTile<Down, Along>(
        [&](int row, int column) {
          return window.Has(row, column) ? read(from + row * row_stride + column * kBlock)
                                         : hn::Zero(d);
        },
        put);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_WINOGRAD_INL_H_
