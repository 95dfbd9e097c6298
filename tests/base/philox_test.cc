#include "base/philox.h"

#include <gtest/gtest.h>

namespace normlab {
namespace {

// Random123's known answers (kat_vectors: philox4x32 10 and 7 rounds).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(Philox4x32<10>({0, 0, 0, 0}, 0, 0),
            (PhiloxWords{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(
      Philox4x32<10>({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffff, 0xffffffff),
      (PhiloxWords{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(
      Philox4x32<10>({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0),
      (PhiloxWords{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
  EXPECT_EQ(Philox4x32<7>({0, 0, 0, 0}, 0, 0),
            (PhiloxWords{0x5f6fb709, 0x0d893f64, 0x4f121f81, 0x4f730a48}));
}

TEST(RandomStream, AddressesDoNotInterfere) {
  RandomStream one(7, Purpose::kAugmentation, 3, 11), again(7, Purpose::kAugmentation, 3, 11);
  RandomStream other(7, Purpose::kAugmentation, 3, 12);
  int equal = 0;
  for (int i = 0; i < 100; ++i) {
    const std::uint32_t bits = one.NextBits();
    EXPECT_EQ(bits, again.NextBits());
    equal += bits == other.NextBits();
  }
  EXPECT_LE(equal, 1);
}

TEST(RandomStream, BelowIsUniform) {
  RandomStream stream(1, Purpose::kShuffle, 0, 0);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[stream.Below(7)];
  double chi2 = 0;
  for (int count : counts) chi2 += (count - 10000.0) * (count - 10000.0) / 10000.0;
  EXPECT_LT(chi2, 22.5);  // 99.9 % point of chi-square with 6 degrees of freedom
}

TEST(RandomStream, UniformCoversTheUnitInterval) {
  RandomStream stream(1, Purpose::kSamples, 0, 0);
  double sum = 0, low = 1, high = 0;
  for (int i = 0; i < 10000; ++i) {
    const double value = stream.Uniform();
    sum += value;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  EXPECT_NEAR(sum / 10000, 0.5, 4 * 0.2887 / 100);
  EXPECT_GE(low, 0);
  EXPECT_LT(high, 1);
  EXPECT_LT(low, 0.01);
  EXPECT_GT(high, 0.99);
}

}  // namespace
}  // namespace normlab
