// How an operation reads the pixels of its input: as they are, or normalized on the way. A
// normalized map that is only read this way is never stored; on cifar-37k that takes a quarter of
// the bytes out of a step.
#if defined(NORMLAB_ENGINE_READER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_READER_INL_H_
#undef NORMLAB_ENGINE_READER_INL_H_
#else
#define NORMLAB_ENGINE_READER_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/block.h"
#include "operations/fast/lanes-inl.h"
#include "operations/fast/operation.h"
#include "operations/fast/rectifier-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

// For one channel and one vector's lanes, the first of which is `part`.
struct PlainReader {
  static constexpr bool kNormalizes = false;
  PlainReader(const BlockView&, int /*channel*/, int /*part*/) {}
  HWY_INLINE FloatVector operator()(const float* from) const { return hn::Load(FloatTag(), from); }
};

// (x - mean) * scale + bias, as norm/fast/moments-inl.h's NormalizeChannel stores it: the same
// bits.
struct NormalizingReader {
  static constexpr bool kNormalizes = true;
  NormalizingReader(const BlockView& affine, int channel, int part)
      : mean(hn::Load(FloatTag(), affine.at(channel, 0, 0) + part)),
        scale(hn::Load(FloatTag(), affine.at(channel, 1, 0) + part)),
        bias(hn::Load(FloatTag(), affine.at(channel, 2, 0) + part)) {}
  HWY_INLINE FloatVector operator()(const float* from) const {
    return hn::MulAdd(hn::Sub(hn::Load(FloatTag(), from), mean), scale, bias);
  }
  FloatVector mean, scale, bias;
};
// A ReLU of that, as a rectifier stores it.
struct RectifyingReader : NormalizingReader {
  using NormalizingReader::NormalizingReader;
  HWY_INLINE FloatVector operator()(const float* from) const {
    return AtLeast(hn::Zero(FloatTag()), NormalizingReader::operator()(from));
  }
};

// Calls visit.operator()<Reader>(affine of the block) with what reads such a map.
template <class Visit>
HWY_INLINE void WithReader(const BlockTensor* affine, bool rectified, WorkUnit unit,
                           const Visit& visit) {
  if (affine == nullptr) {
    visit.template operator()<PlainReader>(BlockView());
  } else if (rectified) {
    visit.template operator()<RectifyingReader>(affine->block(unit));
  } else {
    visit.template operator()<NormalizingReader>(affine->block(unit));
  }
}

// The same for all 16 images at once.
struct PlainLanes {
  PlainLanes(const BlockView&, int /*channel*/) {}
  HWY_INLINE Lanes operator()(const float* from) const { return LoadLanes(from); }
};
struct NormalizingLanes {
  NormalizingLanes(const BlockView& affine, int channel)
      : mean(LoadLanes(affine.at(channel, 0, 0))),
        scale(LoadLanes(affine.at(channel, 1, 0))),
        bias(LoadLanes(affine.at(channel, 2, 0))) {}
  HWY_INLINE Lanes operator()(const float* from) const {
    return TimesPlus(Minus(LoadLanes(from), mean), scale, bias);
  }
  Lanes mean, scale, bias;
};
struct RectifyingLanes : NormalizingLanes {
  using NormalizingLanes::NormalizingLanes;
  HWY_INLINE Lanes operator()(const float* from) const {
    return AtLeast(hn::Zero(FloatTag()), NormalizingLanes::operator()(from));
  }
};

// Calls visit(reader) with what reads channel `channel` of such a map.
template <class Visit>
HWY_INLINE void WithLanes(const BlockTensor* affine, bool rectified, WorkUnit unit, int channel,
                          const Visit& visit) {
  if (affine == nullptr) {
    visit(PlainLanes({}, channel));
  } else if (rectified) {
    visit(RectifyingLanes(affine->block(unit), channel));
  } else {
    visit(NormalizingLanes(affine->block(unit), channel));
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_READER_INL_H_
