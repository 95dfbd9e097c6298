// Philox4x32 for the images of a vector at once: word 0 of the counter differs by lane, the rest is
// shared.
#if defined(NORMLAB_ENGINE_PHILOX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef NORMLAB_ENGINE_PHILOX_INL_H_
#undef NORMLAB_ENGINE_PHILOX_INL_H_
#else
#define NORMLAB_ENGINE_PHILOX_INL_H_
#endif

#include "hwy/highway.h"
#include "operations/fast/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace normlab {
namespace HWY_NAMESPACE {

using BitsTag = hn::RebindToUnsigned<FloatTag>;
using BitsVector = hn::Vec<BitsTag>;

struct WideProduct {
  BitsVector high, low;
};

// The 64-bit products of 32-bit lanes, in halves.
HWY_INLINE WideProduct MultiplyWide(BitsVector a, std::uint32_t factor) {
  const BitsTag d;
#if HWY_TARGET == HWY_SCALAR
  const std::uint64_t product = std::uint64_t{hn::GetLane(a)} * factor;
  return {hn::Set(d, static_cast<std::uint32_t>(product >> 32)),
          hn::Set(d, static_cast<std::uint32_t>(product))};
#else
  const hn::RepartitionToWide<BitsTag> wide;
  const BitsVector b = hn::Set(d, factor);
  const auto even = hn::MulEven(a, b);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, a))), b);
  return {hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even))),
          hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even))};
#endif
}

struct PhiloxVectors {
  BitsVector word[4];
};

// base/philox.h's Philox4x32<rounds>, lane by lane.
template <int rounds>
HWY_INLINE PhiloxVectors PhiloxLanes(PhiloxVectors counter, std::uint32_t key0,
                                     std::uint32_t key1) {
  const BitsTag d;
  HWY_UNROLL(10)
  for (int round = 0; round < rounds; ++round) {
    const WideProduct product0 = MultiplyWide(counter.word[0], 0xD2511F53);
    const WideProduct product1 = MultiplyWide(counter.word[2], 0xCD9E8D57);
    counter.word[0] = hn::Xor(hn::Xor(product1.high, counter.word[1]), hn::Set(d, key0));
    counter.word[1] = product1.low;
    counter.word[2] = hn::Xor(hn::Xor(product0.high, counter.word[3]), hn::Set(d, key1));
    counter.word[3] = product0.low;
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  return counter;
}

}  // namespace HWY_NAMESPACE
}  // namespace normlab
HWY_AFTER_NAMESPACE();

#endif  // NORMLAB_ENGINE_PHILOX_INL_H_
