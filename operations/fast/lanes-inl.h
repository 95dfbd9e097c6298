// The only file that knows how many vectors make 16 images.
//
// Lanes holds one float for each image of a block: one vector with AVX-512, two with AVX2, four
// with SSE4 and in the scalar build.
#if defined(NORMLAB_ENGINE_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_LANES_INL_H_
#undef NORMLAB_ENGINE_LANES_INL_H_
#else
#define NORMLAB_ENGINE_LANES_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/block.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::CappedTag<float, kBlock>;
using FloatVector = hn::Vec<FloatTag>;
inline constexpr int kVectorSize = static_cast<int>(hn::MaxLanes(FloatTag()));
inline constexpr int kVectors = kBlock / kVectorSize;

// AVX-512 has 32 vector registers, the other x86 sets 16: what a kernel may keep in registers.
inline constexpr bool kManyRegisters = HWY_TARGET <= HWY_AVX3;

// A value that is used several times stays in its register: without it GCC reads some again from
// memory at each use, and the two loads of a cycle are spent.
HWY_INLINE FloatVector InRegister(FloatVector value) {
#if HWY_TARGET != HWY_SCALAR && HWY_ARCH_X86 && (HWY_COMPILER_GCC || HWY_COMPILER_CLANG)
  asm("" : "+v"(value.raw));
#endif
  return value;
}

struct Lanes {
  FloatVector v[kVectors];
};

HWY_INLINE Lanes LoadLanes(const float* HWY_RESTRICT from) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = hn::Load(FloatTag(), from + i * kVectorSize);
  return lanes;
}
HWY_INLINE void StoreLanes(const Lanes& lanes, float* HWY_RESTRICT to) {
  for (int i = 0; i < kVectors; ++i) hn::Store(lanes.v[i], FloatTag(), to + i * kVectorSize);
}
HWY_INLINE Lanes SetLanes(float value) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = hn::Set(FloatTag(), value);
  return lanes;
}
HWY_INLINE Lanes Plus(const Lanes& a, const Lanes& b) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = hn::Add(a.v[i], b.v[i]);
  return lanes;
}
HWY_INLINE Lanes Minus(const Lanes& a, const Lanes& b) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = hn::Sub(a.v[i], b.v[i]);
  return lanes;
}
HWY_INLINE Lanes Times(const Lanes& a, const Lanes& b) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = hn::Mul(a.v[i], b.v[i]);
  return lanes;
}
// a * b + c
HWY_INLINE Lanes TimesPlus(const Lanes& a, const Lanes& b, const Lanes& c) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = hn::MulAdd(a.v[i], b.v[i], c.v[i]);
  return lanes;
}
// c - a * b
HWY_INLINE Lanes MinusTimes(const Lanes& a, const Lanes& b, const Lanes& c) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) lanes.v[i] = hn::NegMulAdd(a.v[i], b.v[i], c.v[i]);
  return lanes;
}
// value where gate > 0, else 0: the gradient of ReLU, read off its output.
HWY_INLINE Lanes WherePositive(const Lanes& gate, const Lanes& value) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) {
    lanes.v[i] = hn::IfThenElseZero(hn::Gt(gate.v[i], hn::Zero(FloatTag())), value.v[i]);
  }
  return lanes;
}
// value where a equals b, else 0; and the other way round.
HWY_INLINE Lanes WhereEqual(const Lanes& a, const Lanes& b, const Lanes& value) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) {
    lanes.v[i] = hn::IfThenElseZero(hn::Eq(a.v[i], b.v[i]), value.v[i]);
  }
  return lanes;
}
HWY_INLINE Lanes WhereUnequal(const Lanes& a, const Lanes& b, const Lanes& value) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) {
    lanes.v[i] = hn::IfThenZeroElse(hn::Eq(a.v[i], b.v[i]), value.v[i]);
  }
  return lanes;
}
HWY_INLINE Lanes InverseRoot(const Lanes& a) {
  Lanes lanes;
  for (int i = 0; i < kVectors; ++i) {
    lanes.v[i] = hn::Div(hn::Set(FloatTag(), 1.0f), hn::Sqrt(a.v[i]));
  }
  return lanes;
}

#if HWY_TARGET == HWY_SCALAR
HWY_INLINE float SumByHalves(FloatTag, FloatVector v) { return hn::GetLane(v); }
#else
template <class D>
HWY_INLINE float SumByHalves(D, hn::Vec<D> v) {
  if constexpr (hn::MaxLanes(D()) == 1) {
    return hn::GetLane(v);
  } else {
    const hn::Half<D> half;
    return SumByHalves(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}
#endif

// The sum over 16 images by halving (8 + 8, 4 + 4, ...): the same order, so the same bits, on every
// instruction set that has the same vectors' arithmetic.
HWY_INLINE float SumLanes(const Lanes& lanes) {
  FloatVector v[kVectors];
  for (int i = 0; i < kVectors; ++i) v[i] = lanes.v[i];
  for (int half = kVectors / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) v[i] = hn::Add(v[i], v[i + half]);
  }
  return SumByHalves(FloatTag(), v[0]);
}

#if HWY_TARGET != HWY_SCALAR
// Lane i of the result: for even bits of i at `stride` the sum of a's lanes i and i + stride, for
// odd bits b's lanes i and i - stride.
template <int stride>
HWY_INLINE FloatVector AddAcross(FloatVector a, FloatVector b) {
  const FloatTag d;
  if constexpr (stride == 8 || (stride == 4 && kVectorSize == 8)) {
    return hn::Add(hn::ConcatUpperLower(d, b, a), hn::ConcatLowerUpper(d, b, a));
  } else if constexpr (stride == 4) {
    return hn::Add(hn::OddEvenBlocks(b, a), hn::SwapAdjacentBlocks(hn::OddEvenBlocks(a, b)));
  } else if constexpr (stride == 2) {
    const hn::Repartition<double, FloatTag> pairs;
    const auto a2 = hn::BitCast(pairs, a), b2 = hn::BitCast(pairs, b);
    const auto straight = hn::BitCast(d, hn::OddEven(b2, a2));
    return hn::Add(straight, hn::Shuffle1032(hn::BitCast(d, hn::OddEven(a2, b2))));
  } else {
    return hn::Add(hn::OddEven(b, a), hn::Shuffle2301(hn::OddEven(a, b)));
  }
}

// sums[k] becomes SumLanes of v[k], for as many as a vector has lanes: four operations for each
// instead of SumLanes' nine.
template <int count>
HWY_INLINE FloatVector SumLanesTransposed(const FloatVector (&v)[count]) {
  if constexpr (count == 1) {
    return v[0];
  } else {
    FloatVector half[count / 2];
    for (int k = 0; k < count / 2; ++k) half[k] = AddAcross<count / 2>(v[k], v[k + count / 2]);
    return SumLanesTransposed(half);
  }
}
#endif

// to[k] (+)= SumLanes of the vectors parts[.][k]; with `first` nothing is added to. The same order
// of additions as SumLanes.
template <int count>
HWY_INLINE void SumLanesOfEach(const FloatVector (&parts)[kVectors][count], bool first, float* to) {
#if HWY_TARGET != HWY_SCALAR
  if constexpr (count % kVectorSize == 0 && kVectorSize >= 8) {
    const FloatTag d;
    for (int at = 0; at < count; at += kVectorSize) {
      FloatVector v[kVectorSize];
      for (int k = 0; k < kVectorSize; ++k) {
        v[k] = parts[0][at + k];
        for (int part = 1; part < kVectors; ++part) v[k] = hn::Add(v[k], parts[part][at + k]);
      }
      const FloatVector sums = SumLanesTransposed(v);
      hn::Store(first ? sums : hn::Add(hn::Load(d, to + at), sums), d, to + at);
    }
    return;
  }
#endif
  for (int k = 0; k < count; ++k) {
    Lanes lanes;
    for (int part = 0; part < kVectors; ++part) lanes.v[part] = parts[part][k];
    const float sum = SumLanes(lanes);
    to[k] = first ? sum : to[k] + sum;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_LANES_INL_H_
