// The fast engine's loss against the plain twin's, with labels of both kinds. Logits and shares are
// few multiples of a half and of a quarter, so that there are many ties.
#include "operations/fast/loss.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/philox.h"
#include "operations/reference/log_softmax.h"

namespace normlab {
namespace {

constexpr int kClasses = 5;
constexpr Shape kLogits{kClasses, 1, 1};

class LossOfBothEngines : public testing::TestWithParam<int> {
 protected:
  LossOfBothEngines()
      : count_(GetParam()),
        x_(count_, kLogits),
        logits_(kLogits, BlocksFor(count_), 0),
        gradient_(kLogits, BlocksFor(count_), 0),
        loss_(logits_, gradient_, BlocksFor(count_)) {
    RandomStream random(22, Purpose::kSamples, 0, static_cast<std::uint32_t>(count_));
    for (int n = 0; n < BlocksFor(count_) * kBlock; ++n) {
      for (int c = 0; c < kClasses; ++c) {
        const float value = 0.5f * static_cast<float>(random.Below(4));
        logits_.block(n / kBlock).at(c, 0, 0)[n % kBlock] = value;
        gradient_.block(n / kBlock).at(c, 0, 0)[n % kBlock] = 7;
        if (n < count_) x_.image(n)[c] = value;
      }
    }
    for (int n = 0; n < count_; ++n) {
      labels_.push_back(static_cast<std::uint8_t>(random.Below(kClasses)));
      std::vector<float> shares(kClasses);
      for (int quarter = 0; quarter < 4; ++quarter) shares[random.Below(kClasses)] += 0.25f;
      shares_.insert(shares_.end(), shares.begin(), shares.end());
    }
    batch_.count = count_;
    batch_.labels = labels_.data();
  }

  void ExpectTheTwins() {
    reference::Tensor<double> y(count_, kLogits), dx(count_, kLogits);
    reference::LogSoftmax(x_, y);
    const BatchResult expected = reference::Loss(y, batch_);
    reference::LossGradient(y, batch_, dx);
    const Pass pass{Mode::kTrain, &batch_, {}};
    for (int block = 0; block < BlocksFor(count_); ++block) loss_.Forward(pass, block);
    const BatchResult result = loss_.Result(count_);
    EXPECT_NEAR(result.loss_sum, expected.loss_sum, 1e-12 * count_);
    EXPECT_EQ(result.correct, expected.correct);
    for (int n = 0; n < BlocksFor(count_) * kBlock; ++n) {
      for (int c = 0; c < kClasses; ++c) {
        const float gradient = gradient_.block(n / kBlock).at(c, 0, 0)[n % kBlock];
        if (n < count_) {
          EXPECT_NEAR(gradient, dx.image(n)[c], 1e-7) << n;
        } else {
          EXPECT_EQ(gradient, 0) << n;
        }
      }
    }
  }

  int count_;
  reference::Tensor<double> x_;
  BlockTensor logits_, gradient_;
  LogSoftmaxLoss loss_;
  std::vector<std::uint8_t> labels_;
  std::vector<float> shares_;
  Batch batch_;
};
INSTANTIATE_TEST_SUITE_P(Ugly, LossOfBothEngines, testing::Values(1, 15, 16, 17, 33));

TEST_P(LossOfBothEngines, OfClassNumbers) { ExpectTheTwins(); }

TEST_P(LossOfBothEngines, OfDistributions) {
  batch_.labels = nullptr;
  batch_.distributions = shares_.data();
  ExpectTheTwins();
}

}  // namespace
}  // namespace normlab
