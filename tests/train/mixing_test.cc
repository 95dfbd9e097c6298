#include "train/mixing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace normlab {
namespace {

constexpr Shape kImage{3, 8, 5};

std::vector<BatchMix> DrawMany(const Choice& mix, int count) {
  std::vector<BatchMix> draws;
  for (int i = 0; i < count; ++i) {
    RandomStream stream(3, Purpose::kMix, 0, static_cast<std::uint32_t>(i));
    draws.push_back(DrawMix(mix, kImage, stream));
  }
  return draws;
}

// Of Beta(a, a): mean 1/2, variance 1 / (4 (2 a + 1)).
TEST(Mixing, WeightsFollowTheBetaDistribution) {
  constexpr int kDraws = 20000;
  for (const double alpha : {0.01, 0.2, 1.0, 1.5, 20.0}) {
    double sum = 0, squares = 0;
    for (const BatchMix& drawn : DrawMany({"mixup", {{"alpha", alpha}}}, kDraws)) {
      ASSERT_GE(drawn.weight, 0);
      ASSERT_LE(drawn.weight, 1);
      ASSERT_TRUE(drawn.box.empty());
      const float weight = static_cast<float>(drawn.weight);
      ASSERT_EQ(weight, drawn.weight);
      ASSERT_EQ(weight + (1 - weight), 1);
      sum += drawn.weight;
      squares += drawn.weight * drawn.weight;
    }
    const double mean = sum / kDraws, variance = squares / kDraws - mean * mean;
    const double expected = 1 / (4 * (2 * alpha + 1));
    EXPECT_NEAR(mean, 0.5, 4 * std::sqrt(expected / kDraws)) << alpha;
    EXPECT_NEAR(variance, expected, 0.04 * expected) << alpha;
  }
}

TEST(Mixing, ACutmixBoxLeavesTheShareThatItSays) {
  int empty = 0, cut = 0;
  for (const BatchMix& drawn : DrawMany("cutmix", 5000)) {
    const Box& box = drawn.box;
    ASSERT_GE(box.top, 0);
    ASSERT_GE(box.left, 0);
    ASSERT_LE(box.top + box.height, kImage.height);
    ASSERT_LE(box.left + box.width, kImage.width);
    ASSERT_NEAR(drawn.weight, 1 - box.height * box.width / 40.0, 0x1p-24);
    empty += box.height * box.width == 0;
    cut += box.top == 0 && box.height % 2 == 1;
  }
  EXPECT_GT(empty, 100);
  EXPECT_GT(cut, 100);
}

TEST(Mixing, APartnerIsTheImageBeforeAndLabelsAreSharedOut) {
  for (const int images : {1, 2, 17}) {
    std::vector<std::uint8_t> labels;
    for (int i = 0; i < images; ++i) labels.push_back(static_cast<std::uint8_t>(i * i % 4));
    for (const char* kind : {"mixup", "cutmix"}) {
      BatchMixer mixer(kind, kImage, 4, 9);
      Batch batch{.count = images, .labels = labels.data()};
      mixer.Apply(5, batch);
      for (int i = 0; i < images; ++i) {
        const Mix& mix = batch.mixes[i];
        EXPECT_EQ(mix.partner, i == 0 ? images - 1 : i - 1);
        const float* shares = batch.distributions + 4 * i;
        float sum = 0;
        for (int k = 0; k < 4; ++k) sum += shares[k];
        EXPECT_EQ(sum, 1);
        const float own = std::string(kind) == "mixup"
                              ? mix.weight
                              : 1 - static_cast<float>(mix.box.height * mix.box.width) / 40;
        const bool same = labels[i] == labels[mix.partner];
        EXPECT_NEAR(shares[labels[i]], same ? 1 : own, 0x1p-23);
      }
    }
  }
}

TEST(Mixing, StepsHaveDrawsOfTheirOwn) {
  const std::vector<std::uint8_t> labels{0, 1};
  BatchMixer mixer("mixup", kImage, 2, 9), again("mixup", kImage, 2, 9),
      other("mixup", kImage, 2, 8);
  const auto weight = [&](BatchMixer& of, std::int64_t step) {
    Batch batch{.count = 2, .labels = labels.data()};
    of.Apply(step, batch);
    return batch.mixes[0].weight;
  };
  const float first = weight(mixer, 0), second = weight(mixer, 1);
  EXPECT_NE(first, second);
  EXPECT_EQ(weight(again, 1), second);
  EXPECT_EQ(weight(again, 0), first);
  EXPECT_NE(weight(other, 0), first);
  EXPECT_NE(weight(mixer, std::int64_t{1} << 32), first);
}

}  // namespace
}  // namespace normlab
