// What a program adds up over a tile, into what the outputs hold from the tiles before. An axis
// that an output lacks has the stride 0 there.
#if defined(NORMLAB_PROGRAM_REDUCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_PROGRAM_REDUCTIONS_INL_H_
#undef NORMLAB_PROGRAM_REDUCTIONS_INL_H_
#else
#define NORMLAB_PROGRAM_REDUCTIONS_INL_H_
#endif

#include "hwy/highway.h"
#include "norm/fast/moments-inl.h"
#include "norm/program/elementwise-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// Adds a term for each value: terms.GoTo(tile, row), then terms(column), the column in floats.
template <class Terms>
HWY_INLINE void AddTerms(const Tile& tile, int output, Terms& terms) {
  const int columns = tile.columns;
  if (tile.output_column != 0) {
    for (int row = 0; row < tile.rows; ++row) {
      terms.GoTo(tile, row);
      float* to = OutputAt(tile, output, row);
      for (int column = 0; column < columns; ++column) {
        const std::ptrdiff_t at = std::ptrdiff_t{column} * kBlock;
        StoreLanes(Plus(LoadLanes(to + at), terms(at)), to + at);
      }
    }
    return;
  }
  FourSums sums;
  const bool pools_rows = tile.output_rows[static_cast<std::size_t>(output)] == 0;
  for (int row = 0; row < tile.rows; ++row) {
    terms.GoTo(tile, row);
    int column = 0;
    for (; column + 4 <= columns; column += 4) {
      HWY_UNROLL(4)
      for (int k = 0; k < 4; ++k) {
        sums.part[k] = Plus(sums.part[k], terms(std::ptrdiff_t{column + k} * kBlock));
      }
    }
    for (; column < columns; ++column) {
      sums.part[column % 4] = Plus(sums.part[column % 4], terms(std::ptrdiff_t{column} * kBlock));
    }
    if (pools_rows && row + 1 < tile.rows) continue;
    float* to = OutputAt(tile, output, row);
    StoreLanes(Plus(LoadLanes(to), sums.Total()), to);
    sums = FourSums();
  }
}

struct Values {
  const float* from = nullptr;
  HWY_INLINE void GoTo(const Tile& tile, int row) { from = InputAt(tile, 0, row); }
  HWY_INLINE Lanes operator()(std::ptrdiff_t at) const { return LoadLanes(from + at); }
};

inline void AddUp(const Tile& tile) {
  Values values;
  AddTerms(tile, 0, values);
}

template <int count, bool shifts>
struct Products : Factors<count, shifts> {
  HWY_INLINE explicit Products(const Tile& tile) : Factors<count, shifts>(tile) {}
  HWY_INLINE Lanes operator()(std::ptrdiff_t at) const {
    return Times(this->others(at), this->last(at));
  }
};

template <int count, bool shifts>
void AddUpProducts(const Tile& tile) {
  Products<count, shifts> products(tile);
  AddTerms(tile, 0, products);
}

// Both outputs pool rows and columns.
template <bool shifts>
void AddUpBoth(const Tile& tile) {
  const Lanes shift = ConstantOf(tile, 0);
  Lanes sum[2] = {SetLanes(0.0f), SetLanes(0.0f)};
  Lanes product[2] = {SetLanes(0.0f), SetLanes(0.0f)};
  for (int row = 0; row < tile.rows; ++row) {
    const float *a = InputAt(tile, 0, row), *b = InputAt(tile, 1, row);
    for (int column = 0; column < tile.columns; ++column) {
      const std::ptrdiff_t at = std::ptrdiff_t{column} * kBlock;
      const int k = column % 2;
      const Lanes value = LoadLanes(a + at);
      Lanes factor = LoadLanes(b + at);
      if constexpr (shifts) factor = Minus(factor, shift);
      sum[k] = Plus(sum[k], value);
      product[k] = TimesPlus(value, factor, product[k]);
    }
  }
  float *first = tile.outputs[0], *second = tile.outputs[1];
  StoreLanes(Plus(LoadLanes(first), Plus(sum[0], sum[1])), first);
  StoreLanes(Plus(LoadLanes(second), Plus(product[0], product[1])), second);
}

template <bool largest>
void Extreme(const Tile& tile) {
  for (int row = 0; row < tile.rows; ++row) {
    const float* from = InputAt(tile, 0, row);
    float* to = OutputAt(tile, 0, row);
    for (int column = 0; column < tile.columns; ++column, from += kBlock) {
      for (int part = 0; part < kVectors; ++part) {
        const FloatVector value = LoadPart(from, part), before = LoadPart(to, part);
        // What is not a number stays.
        const FloatVector extreme = largest ? Larger(value, before) : Smaller(value, before);
        StorePart(extreme, to, part);
      }
      to += tile.output_column;
    }
  }
}

// Of a tile in two passes, then with those before it.
inline void MergeMoments(const Tile& tile) {
  const BlockView x = {
      const_cast<float*>(tile.inputs[0]), {1, tile.rows, tile.columns}, tile.input_rows[0], 0};
  Moments moments;
  moments.count = static_cast<float>(tile.rows * tile.columns);
  moments.mean = Times(SumRows(x, 0, 0, tile.rows), SetLanes(1.0f / moments.count));
  moments.deviation = SumSquaredDeviations(x, 0, 0, tile.rows, moments.mean);
  float *mean = tile.outputs[0], *deviation = tile.outputs[1], *count = tile.outputs[2];
  if (*count > 0) {
    moments = Merge({LoadLanes(mean), LoadLanes(deviation), *count}, moments);
  }
  StoreLanes(moments.mean, mean);
  StoreLanes(moments.deviation, deviation);
  *count = moments.count;
}

// One number of 16 images; those that are none are left out.
inline void PutSums(const Tile& tile) {
  const bool adds = tile.numbers[0] != 0;
  for (int row = 0; row < tile.rows; ++row) {
    const float* from = InputAt(tile, 0, row);
    float* to = OutputAt(tile, 0, row);
    for (int column = 0; column < tile.columns; ++column) {
      Lanes value = tile.input_is_number ? SetLanes(*from) : LoadLanes(from);
      if (tile.live != nullptr) value = WherePositive(LoadLanes(tile.live), value);
      const float sum = SumLanes(value);
      *to = adds ? *to + sum : sum;
      from += tile.input_column;
      to += tile.output_column;
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_PROGRAM_REDUCTIONS_INL_H_
