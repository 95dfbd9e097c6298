// Which elements a dropout operation zeroes: a pure function of the element's address, shared bit
// for bit by every engine.
//
//   element e = (c * H + y) * W + x of image i, in the o-th dropout operation of the forward pass
//   (from 0; each application of a repeated unit counts), epoch t, seed s:
//   words = Philox4x32-7(counter {i, t, Purpose::kDropout | o << 8, e / 8}, key {low(s), high(s)})
//   half  = 16 bits number e % 8 of the words, low half of words[0] first
//   dropped when half < threshold = round(p * 65536); kept values times 65536 / (65536 - threshold)
//
// The probability is therefore quantised to 2^-16, and the scale is that of the quantised one, so
// that the expectation is exact. Eight decisions share one call of the generator.
#pragma once

#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/philox.h"
#include "operations/batch.h"

namespace normlab {

// Operations per network that fit the address: o is shifted left by 8 in 32 bits.
inline constexpr std::uint32_t kMaxDropoutOperations = 1u << 24;

// Elements per image that fit the address: e / 8 is one 32-bit word.
inline constexpr std::size_t kDropoutDecisionsPerDraw = 8;

// Requires 0 <= probability and a threshold below 65536 (not everything is dropped).
inline std::uint32_t DropoutThreshold(double probability) {
  const auto threshold = static_cast<std::uint32_t>(std::lround(probability * 65536.0));
  assert(probability >= 0 && threshold < 65536);
  return threshold;
}

inline double DropoutScale(std::uint32_t threshold) { return 65536.0 / (65536.0 - threshold); }

inline constexpr int kDropoutRounds = 7;

inline std::uint32_t DropoutPurposeWord(std::uint32_t operation) {
  return static_cast<std::uint32_t>(Purpose::kDropout) | operation << 8;
}

// The 8 decisions of elements 8 * draw .. 8 * draw + 7 of one image, as 16-bit numbers in 4 words.
inline PhiloxWords DropoutWords(const DropoutAddress& address, std::uint32_t operation,
                                std::uint32_t image_id, std::uint32_t draw) {
  return Philox4x32<kDropoutRounds>({image_id, address.epoch, DropoutPurposeWord(operation), draw},
                                    static_cast<std::uint32_t>(address.seed),
                                    static_cast<std::uint32_t>(address.seed >> 32));
}

// The number that is compared with the threshold, of element e from the words of draw e / 8.
inline std::uint32_t DropoutHalf(const PhiloxWords& words, std::size_t element) {
  const std::size_t half = element % kDropoutDecisionsPerDraw;
  return (words[half / 2] >> (16 * (half % 2))) & 0xffffu;
}

}  // namespace normlab
