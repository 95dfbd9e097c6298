// Mixed images and labels that are distributions: the fast engine against its plain twin, and both
// against a batch of images mixed beforehand.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/engine/random_pixels.h"

namespace normlab {
namespace {

constexpr Shape kImageShape{3, 11, 13};
constexpr int kClasses = 4;

Architecture MakeArchitecture() {
  ModelOptions options;
  options.norm = "group";
  options.groups = 2;
  options.dropout = 0.2;
  return ParseArchitecture("C6 P c8 GAP c4!", kImageShape, kClasses, options);
}

class Stored : public ImageSource {
 public:
  explicit Stored(std::vector<float> pixels) : pixels_(std::move(pixels)) {}
  void Fill(int first, int count, float* images) const override {
    const std::size_t size = kImageShape.size();
    std::copy_n(pixels_.data() + static_cast<std::size_t>(first) * size,
                static_cast<std::size_t>(count) * size, images);
  }

 private:
  std::vector<float> pixels_;
};

// Every third image as it is, every third blended, every third with a box, partners from other
// blocks.
struct MixedBatch {
  explicit MixedBatch(int images)
      : count(images), labels(static_cast<std::size_t>(images)), ids(labels.size()) {
    for (int n = 0; n < count; ++n) {
      Mix mix;
      mix.partner = (n + 20) % count;
      if (n % 3 == 1) mix.weight = 0.25f + 0.5f * static_cast<float>(n) / static_cast<float>(count);
      if (n % 3 == 2) mix.box = {n % 5, 2, 6, 1 + n % 11};
      mixes.push_back(mix);
      labels[static_cast<std::size_t>(n)] = static_cast<std::uint8_t>(n % kClasses);
      ids[static_cast<std::size_t>(n)] = static_cast<std::uint32_t>(5 * n);
      for (int k = 0; k < kClasses; ++k) {
        distributions.push_back(k == n % 3 ? 0.625f : 0.125f);
      }
    }
    batch = {count, &pixels, labels.data(), ids.data(), mixes.data(), distributions.data()};
  }

  // [N][C][H][W], pixel by pixel after the contract's formula.
  std::vector<float> MixedBeforehand() const {
    std::vector<float> all(static_cast<std::size_t>(count) * kImageShape.size()), mixed(all.size());
    pixels.Fill(0, count, all.data());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Mix& mix = mixes[i / kImageShape.size()];
      const float partner =
          all[static_cast<std::size_t>(mix.partner) * kImageShape.size() + i % kImageShape.size()];
      const int row = static_cast<int>(i % kImageShape.pixels()) / kImageShape.width;
      const int column = static_cast<int>(i % kImageShape.pixels()) % kImageShape.width;
      const bool inside = row >= mix.box.top && row < mix.box.top + mix.box.height &&
                          column >= mix.box.left && column < mix.box.left + mix.box.width;
      mixed[i] = inside ? partner : mix.weight * all[i] + (1.0f - mix.weight) * partner;
    }
    return mixed;
  }

  int count;
  RandomPixels pixels{kImageShape};
  std::vector<std::uint8_t> labels;
  std::vector<std::uint32_t> ids;
  std::vector<Mix> mixes;
  std::vector<float> distributions;
  Batch batch;
};

template <typename T>
struct MixedOutcome {
  BatchResult trained, evaluated;
  std::vector<T> gradients;
  std::vector<float> log_probabilities;
};

template <typename T>
MixedOutcome<T> Step(Network<T>& network, const Batch& batch) {
  InitializeParameters<T>(MakeArchitecture(), 3, network.parameters());
  MixedOutcome<T> outcome;
  outcome.trained = network.Train(batch, {9, 4});
  outcome.gradients.assign(network.gradients().begin(), network.gradients().end());
  outcome.log_probabilities.resize(static_cast<std::size_t>(batch.count) * kClasses);
  outcome.evaluated = network.Evaluate(batch, outcome.log_probabilities);
  return outcome;
}

template <typename T>
void ExpectSame(const MixedOutcome<T>& a, const MixedOutcome<T>& b) {
  EXPECT_EQ(a.trained.loss_sum, b.trained.loss_sum);
  EXPECT_EQ(a.trained.correct, b.trained.correct);
  EXPECT_EQ(a.evaluated.loss_sum, b.evaluated.loss_sum);
  EXPECT_EQ(a.gradients, b.gradients);
  EXPECT_EQ(a.log_probabilities, b.log_probabilities);
}

class MixedBatches : public testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Ugly, MixedBatches, testing::Values(1, 15, 16, 17, 33));

TEST_P(MixedBatches, FastEngineFollowsTheTwin) {
  const MixedBatch mixed(GetParam());
  for (const Simd simd : SupportedSimd()) {
    const auto fast =
        Step(*MakeFastNetwork(MakeArchitecture(), mixed.count, {simd, 2}), mixed.batch);
    const auto twin =
        Step(*MakeReferenceNetwork<double>(MakeArchitecture(), mixed.count), mixed.batch);
    EXPECT_NEAR(fast.trained.loss_sum, twin.trained.loss_sum, 1e-5 * mixed.count);
    EXPECT_NEAR(fast.evaluated.loss_sum, twin.evaluated.loss_sum, 1e-5 * mixed.count);
    EXPECT_EQ(fast.trained.correct, twin.trained.correct);
    EXPECT_EQ(fast.evaluated.correct, twin.evaluated.correct);
    double largest = 0;
    for (const double gradient : twin.gradients) largest = std::max(largest, std::abs(gradient));
    ASSERT_GT(largest, 0.01);
    for (std::size_t i = 0; i < twin.gradients.size(); ++i) {
      ASSERT_NEAR(fast.gradients[i], twin.gradients[i], 5e-5 * largest) << i;
    }
    for (std::size_t i = 0; i < twin.log_probabilities.size(); ++i) {
      ASSERT_NEAR(fast.log_probabilities[i], twin.log_probabilities[i], 1e-4) << i;
    }
  }
}

TEST_P(MixedBatches, AreWhatImagesMixedBeforehandAre) {
  const MixedBatch mixed(GetParam());
  const Stored stored(mixed.MixedBeforehand());
  Batch beforehand = mixed.batch;
  beforehand.source = &stored;
  beforehand.mixes = nullptr;
  const auto fast = MakeFastNetwork(MakeArchitecture(), mixed.count, {});
  ExpectSame(Step(*fast, mixed.batch), Step(*fast, beforehand));
  const auto twin = MakeReferenceNetwork<float>(MakeArchitecture(), mixed.count);
  ExpectSame(Step(*twin, mixed.batch), Step(*twin, beforehand));
}

TEST_P(MixedBatches, OfOneClassEachLearnWhatClassNumbersTeach) {
  MixedBatch mixed(GetParam());
  for (std::size_t i = 0; i < mixed.distributions.size(); ++i) {
    mixed.distributions[i] = i % kClasses == mixed.labels[i / kClasses] ? 1.0f : 0.0f;
  }
  Batch numbers = mixed.batch;
  numbers.distributions = nullptr;
  const auto fast = MakeFastNetwork(MakeArchitecture(), mixed.count, {});
  ExpectSame(Step(*fast, mixed.batch), Step(*fast, numbers));
  const auto twin = MakeReferenceNetwork<double>(MakeArchitecture(), mixed.count);
  ExpectSame(Step(*twin, mixed.batch), Step(*twin, numbers));
}

}  // namespace
}  // namespace normlab
