// What a plan computes, in both engines, and the twin's gradient by differences.
#pragma once

#include <gtest/gtest.h>

#include "tests/engine/follow_twin.h"

namespace normlab {

inline void ExpectAgreement(const std::shared_ptr<const Plan>& plan,
                            std::initializer_list<int> batches = {1, 15, 16, 17, 33}) {
  for (const int batch : batches) {
    for (const Simd simd : SupportedSimd()) {
      Case c;
      c.batch = batch;
      c.simd = simd;
      c.threads = batch > 16 ? 2 : 1;
      SCOPED_TRACE(Describe(c));
      EXPECT_EQ(CompareEngines(c, plan).text(), "");
    }
  }
}

inline double LossOf(Network<double>& network, const Batch& batch) {
  return network.Train(batch, {9, 4}).loss_sum / batch.count;
}

// Every third parameter's derivative by a central difference, whose step is too small for many a
// value to pass the kink of a ReLU.
inline void ExpectGradientsOfTheTwin(const std::shared_ptr<const Plan>& plan) {
  const auto network = MakeReferenceNetwork<double>(plan, 5);
  InitializeParameters<double>(*plan, 3, network->parameters());
  const RandomPixels pixels(plan->ShapeOf(0));
  const std::vector<std::uint8_t> labels = {0, 1, 2, 3, 1};
  const std::vector<std::uint32_t> image_ids = {4, 8, 15, 16, 23};
  const Batch batch = {5, &pixels, labels.data(), image_ids.data()};
  const std::vector<double> buffers(network->buffers().begin(), network->buffers().end());
  const auto loss = [&] {
    std::copy(buffers.begin(), buffers.end(), network->buffers().begin());
    return LossOf(*network, batch);
  };
  loss();
  const std::vector<double> gradients(network->gradients().begin(), network->gradients().end());
  constexpr double kStep = 1e-7;
  for (std::size_t i = 0; i < gradients.size(); i += 3) {
    double& parameter = network->parameters()[i];
    const double was = parameter;
    parameter = was + kStep;
    const double above = loss();
    parameter = was - kStep;
    const double below = loss();
    parameter = was;
    EXPECT_NEAR(gradients[i], (above - below) / (2 * kStep), 1e-6) << "parameter " << i;
  }
}

inline void ExpectBoth(const std::shared_ptr<const Plan>& plan) {
  ExpectAgreement(plan);
  ExpectGradientsOfTheTwin(plan);
}

// One and several threads, in batches of which the last block is not full.
inline void ExpectTheSameBitsForAnyNumberOfThreads(const std::shared_ptr<const Plan>& plan) {
  Case c;
  c.batch = 70;
  const auto one = RunFast(c, plan);
  for (c.threads = 2; c.threads < 5; ++c.threads) {
    const auto several = RunFast(c, plan);
    EXPECT_EQ(one.train_loss, several.train_loss);
    EXPECT_EQ(one.gradients, several.gradients);
    EXPECT_EQ(one.buffers, several.buffers);
    EXPECT_EQ(one.log_probabilities, several.log_probabilities);
  }
}

}  // namespace normlab
