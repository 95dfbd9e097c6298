// What a program does to each value of a tile.
#if defined(NORMLAB_PROGRAM_ELEMENTWISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_PROGRAM_ELEMENTWISE_INL_H_
#undef NORMLAB_PROGRAM_ELEMENTWISE_INL_H_
#else
#define NORMLAB_PROGRAM_ELEMENTWISE_INL_H_
#endif

#include "hwy/highway.h"
#include "norm/fast/power-inl.h"
#include "norm/program/instruction.h"
#include "operations/fast/functions-inl.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

using program::kMostInputs;
using program::Tile;

HWY_INLINE FloatVector Ones() { return hn::Set(FloatTag(), 1.0f); }
HWY_INLINE FloatVector AbsoluteValue(FloatVector a) { return hn::Abs(a); }
HWY_INLINE FloatVector PositivePart(FloatVector a) {
  return hn::IfThenElse(hn::Le(a, hn::Zero(FloatTag())), hn::Zero(FloatTag()), a);
}
HWY_INLINE FloatVector IsPositive(FloatVector a) {
  return hn::IfThenElseZero(hn::Gt(a, hn::Zero(FloatTag())), Ones());
}
HWY_INLINE FloatVector SignOf(FloatVector a) {
  const FloatVector zero = hn::Zero(FloatTag());
  return hn::IfThenElse(hn::Lt(a, zero), hn::Set(FloatTag(), -1.0f), IsPositive(a));
}
// Of two of which one is not a number, that one.
HWY_INLINE FloatVector Larger(FloatVector a, FloatVector b) {
  return hn::IfThenElse(hn::Ge(a, b), a, hn::IfThenElse(hn::Eq(a, a), b, a));
}
HWY_INLINE FloatVector Smaller(FloatVector a, FloatVector b) {
  return hn::IfThenElse(hn::Le(a, b), a, hn::IfThenElse(hn::Eq(a, a), b, a));
}
HWY_INLINE FloatVector ShareOfLarger(FloatVector a, FloatVector b) {
  const FloatVector half = hn::IfThenElseZero(hn::Eq(a, b), hn::Set(FloatTag(), 0.5f));
  return hn::IfThenElse(hn::Gt(a, b), Ones(), half);
}
HWY_INLINE FloatVector AreEqual(FloatVector a, FloatVector b) {
  return hn::IfThenElseZero(hn::Eq(a, b), Ones());
}
HWY_INLINE FloatVector IsBelow(FloatVector a, FloatVector b) {
  return hn::IfThenElseZero(hn::Lt(a, b), Ones());
}
HWY_INLINE FloatVector Quotient(FloatVector a, FloatVector b) { return hn::Div(a, b); }
HWY_INLINE FloatVector RatioWherePositive(FloatVector a, FloatVector b) {
  return hn::IfThenElseZero(hn::Gt(b, hn::Zero(FloatTag())), hn::Div(a, b));
}
HWY_INLINE FloatVector Clipped(FloatVector value, FloatVector low, FloatVector high) {
  const FloatVector below_high = hn::IfThenElse(hn::Gt(value, high), high, value);
  return hn::IfThenElse(hn::Lt(value, low), low, below_high);
}
HWY_INLINE FloatVector IsOnlyAbove(FloatVector value, FloatVector low, FloatVector high) {
  const FloatVector above = hn::IfThenElseZero(hn::Gt(value, high), Ones());
  return hn::IfThenElse(hn::Lt(value, low), hn::Zero(FloatTag()), above);
}
HWY_INLINE FloatVector IsInside(FloatVector value, FloatVector low, FloatVector high) {
  const FloatVector not_above = hn::IfThenElse(hn::Gt(value, high), hn::Zero(FloatTag()), Ones());
  return hn::IfThenElse(hn::Lt(value, low), hn::Zero(FloatTag()), not_above);
}

HWY_INLINE const float* InputAt(const Tile& tile, int input, int row) {
  const auto at = static_cast<std::size_t>(input);
  return tile.inputs[at] + tile.input_rows[at] * static_cast<std::size_t>(row);
}
HWY_INLINE float* OutputAt(const Tile& tile, int output, int row) {
  const auto at = static_cast<std::size_t>(output);
  return tile.outputs[at] + tile.output_rows[at] * static_cast<std::size_t>(row);
}
HWY_INLINE Lanes ConstantOf(const Tile& tile, int constant) {
  const float* at = tile.constants[static_cast<std::size_t>(constant)];
  return (tile.constant_is_number >> constant & 1) != 0 ? SetLanes(*at) : LoadLanes(at);
}
HWY_INLINE FloatVector LoadPart(const float* from, int part) {
  return hn::Load(FloatTag(), from + part * kVectorSize);
}
HWY_INLINE void StorePart(FloatVector value, float* to, int part) {
  hn::Store(value, FloatTag(), to + part * kVectorSize);
}

// visit(i) for each of `count`, four at a time.
template <class Visit>
HWY_INLINE void ForEachOf(int count, const Visit& visit) {
  int i = 0;
  for (; i + 4 <= count; i += 4) {
    visit(i);
    visit(i + 1);
    visit(i + 2);
    visit(i + 3);
  }
  for (; i < count; ++i) visit(i);
}

template <FloatVector (*function)(FloatVector)>
void Unary(const Tile& tile) {
  for (int row = 0; row < tile.rows; ++row) {
    const float* a = InputAt(tile, 0, row);
    float* to = OutputAt(tile, 0, row);
    ForEachOf(tile.columns * kVectors,
              [=](int i) HWY_ATTR { StorePart(function(LoadPart(a, i)), to, i); });
  }
}

// What a function is of, or what is given of a result; the same for the whole tile.
struct LinearOfOne {
  Lanes coefficient, shift, constant;
  HWY_INLINE FloatVector operator()(FloatVector value, int part) const {
    return hn::MulAdd(hn::Sub(value, shift.v[part]), coefficient.v[part], constant.v[part]);
  }
};
HWY_INLINE LinearOfOne ArgumentOf(const Tile& tile, int first) {
  return {ConstantOf(tile, first), ConstantOf(tile, first + 1), ConstantOf(tile, first + 2)};
}
HWY_INLINE LinearOfOne GivenOf(const Tile& tile, int first) {
  return {ConstantOf(tile, first), SetLanes(0.0f), ConstantOf(tile, first + 1)};
}

template <FloatVector (*function)(FloatVector)>
void UnaryOfLinear(const Tile& tile) {
  const LinearOfOne argument = ArgumentOf(tile, 0), given = GivenOf(tile, 3);
  for (int row = 0; row < tile.rows; ++row) {
    const float* from = InputAt(tile, 0, row);
    float* to = OutputAt(tile, 0, row);
    ForEachOf(tile.columns, [&](int column) HWY_ATTR {
      for (int part = 0; part < kVectors; ++part) {
        const int at = column * kVectors + part;
        const FloatVector value = function(argument(LoadPart(from, at), part));
        StorePart(hn::MulAdd(value, given.coefficient.v[part], given.constant.v[part]), to, at);
      }
    });
  }
}

template <FloatVector (*function)(FloatVector, FloatVector)>
void Binary(const Tile& tile) {
  for (int row = 0; row < tile.rows; ++row) {
    const float *a = InputAt(tile, 0, row), *b = InputAt(tile, 1, row);
    float* to = OutputAt(tile, 0, row);
    ForEachOf(tile.columns * kVectors,
              [=](int i) HWY_ATTR { StorePart(function(LoadPart(a, i), LoadPart(b, i)), to, i); });
  }
}

// One of the two is the same for the whole tile.
template <FloatVector (*function)(FloatVector, FloatVector), bool first, bool of_linear>
void BinaryWithConstant(const Tile& tile) {
  const Lanes constant = ConstantOf(tile, 0);
  const LinearOfOne argument = of_linear ? ArgumentOf(tile, 1) : LinearOfOne{};
  for (int row = 0; row < tile.rows; ++row) {
    const float* from = InputAt(tile, 0, row);
    float* to = OutputAt(tile, 0, row);
    ForEachOf(tile.columns, [&](int column) HWY_ATTR {
      for (int part = 0; part < kVectors; ++part) {
        const int at = column * kVectors + part;
        FloatVector value = LoadPart(from, at);
        if constexpr (of_linear) value = argument(value, part);
        const FloatVector other = constant.v[part];
        StorePart(first ? function(other, value) : function(value, other), to, at);
      }
    });
  }
}

template <FloatVector (*function)(FloatVector, FloatVector, FloatVector)>
void Ternary(const Tile& tile) {
  for (int row = 0; row < tile.rows; ++row) {
    const float *a = InputAt(tile, 0, row), *b = InputAt(tile, 1, row), *c = InputAt(tile, 2, row);
    float* to = OutputAt(tile, 0, row);
    for (int i = 0; i < tile.columns * kVectors; ++i) {
      StorePart(function(LoadPart(a, i), LoadPart(b, i), LoadPart(c, i)), to, i);
    }
  }
}

inline void Spread(const Tile& tile) {
  for (int row = 0; row < tile.rows; ++row) {
    const float* from = InputAt(tile, 0, row);
    float* to = OutputAt(tile, 0, row);
    for (int column = 0; column < tile.columns; ++column) {
      StoreLanes(tile.input_is_number ? SetLanes(*from) : LoadLanes(from), to);
      from += tile.input_column;
      to += tile.output_column;
    }
  }
}

inline void Fill(const Tile& tile) {
  const Lanes value = SetLanes(tile.numbers[0]);
  for (int row = 0; row < tile.rows; ++row) {
    float* to = OutputAt(tile, 0, row);
    for (int column = 0; column < tile.columns; ++column, to += tile.output_column) {
      StoreLanes(value, to);
    }
  }
}

// By selection: what such lanes hold may be no number.
inline void Mask(const Tile& tile) {
  const Lanes live = LoadLanes(tile.live);
  for (int row = 0; row < tile.rows; ++row) {
    float* to = OutputAt(tile, 0, row);
    for (int column = 0; column < tile.columns; ++column, to += tile.output_column) {
      StoreLanes(WherePositive(live, LoadLanes(to)), to);
    }
  }
}

// The forms of a gate, as operations/fast/rectifier-inl.h has them.
enum class LinearGate { kOpen, kPositive, kSlope };

template <int count, bool shifts, LinearGate gated_by>
void Linear(const Tile& tile) {
  constexpr bool gated = gated_by != LinearGate::kOpen;
  const SlopeGate slope_gate(gated_by == LinearGate::kSlope ? tile.numbers[0] : 0.0f);
  Lanes coefficient[count + 1], shift[count + 1];
  for (int k = 0; k < count; ++k) {
    coefficient[k] = ConstantOf(tile, 2 * k);
    shift[k] = ConstantOf(tile, 2 * k + 1);
  }
  const Lanes constant = ConstantOf(tile, 2 * count);
  for (int row = 0; row < tile.rows; ++row) {
    const float* from[count + 1];
    for (int k = 0; k < count; ++k) from[k] = InputAt(tile, k, row);
    const float* gate = gated ? InputAt(tile, kMostInputs, row) : nullptr;
    float* to = OutputAt(tile, 0, row);
    ForEachOf(tile.columns, [&](int column) HWY_ATTR {
      const std::ptrdiff_t at = std::ptrdiff_t{column} * kBlock;
      Lanes sum = constant;
      for (int k = 0; k < count; ++k) {
        Lanes value = LoadLanes(from[k] + at);
        if constexpr (shifts) value = Minus(value, shift[k]);
        sum = TimesPlus(value, coefficient[k], sum);
      }
      if constexpr (gated_by == LinearGate::kPositive) {
        sum = WherePositive(LoadLanes(gate + at), sum);
      } else if constexpr (gated) {
        sum = slope_gate(LoadLanes(gate + at), sum);
      }
      StoreLanes(sum, to + at);
    });
  }
}

// Where the factors of a product lie, of two or three; the last is taken as it is shifted.
template <int count, bool shifts>
struct Factors {
  Lanes shift;
  const float* from[count];
  HWY_INLINE explicit Factors(const Tile& tile) : shift(ConstantOf(tile, 0)) {}
  HWY_INLINE void GoTo(const Tile& tile, int row) {
    for (int k = 0; k < count; ++k) from[k] = InputAt(tile, k, row);
  }
  HWY_INLINE Lanes last(std::ptrdiff_t at) const {
    const Lanes factor = LoadLanes(from[count - 1] + at);
    return shifts ? Minus(factor, shift) : factor;
  }
  HWY_INLINE Lanes others(std::ptrdiff_t at) const {
    const Lanes first = LoadLanes(from[0] + at);
    return count == 2 ? first : Times(first, LoadLanes(from[1] + at));
  }
};

template <int count, bool shifts, bool gives_linear>
void Multiply(const Tile& tile) {
  Factors<count, shifts> factors(tile);
  const LinearOfOne given = gives_linear ? GivenOf(tile, 1) : LinearOfOne{};
  for (int row = 0; row < tile.rows; ++row) {
    factors.GoTo(tile, row);
    float* to = OutputAt(tile, 0, row);
    ForEachOf(tile.columns, [&](int column) HWY_ATTR {
      const std::ptrdiff_t at = std::ptrdiff_t{column} * kBlock;
      Lanes product = Times(factors.others(at), factors.last(at));
      if constexpr (gives_linear) product = TimesPlus(product, given.coefficient, given.constant);
      StoreLanes(product, to + at);
    });
  }
}

template <int count>
void Weighted(const Tile& tile) {
  const Lanes number = SetLanes(tile.numbers[count]);
  for (int row = 0; row < tile.rows; ++row) {
    const float* from[count + 1];
    for (int k = 0; k < count; ++k) from[k] = InputAt(tile, k, row);
    float* to = OutputAt(tile, 0, row);
    for (int column = 0; column < tile.columns; ++column) {
      const std::ptrdiff_t at = std::ptrdiff_t{column} * kBlock;
      Lanes sum = number;
      for (int k = 0; k < count; ++k) {
        sum = TimesPlus(SetLanes(tile.numbers[k]), LoadLanes(from[k] + at), sum);
      }
      StoreLanes(sum, to + at);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_PROGRAM_ELEMENTWISE_INL_H_
