// Memory is planned once: a training step and an evaluation allocate nothing.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/count_allocations.h"

namespace normlab {
namespace {

constexpr Shape kInput{1, 28, 28};

class Zeros : public ImageSource {
 public:
  void Fill(int, int count, float* images) const override {
    std::fill_n(images, static_cast<std::size_t>(count) * kInput.size(), 0.0f);
  }
};

TEST(Memory, IsPlannedOnce) {
  for (const NormMethod& method : NormMethods()) {
    if (method.room.empty()) continue;  // a program made of an equation allocates a little
    ModelOptions options;
    options.norm = method.name;
    options.groups = 4;
    options.dropout = 0.05;
    const Architecture architecture =
        ParseArchitecture("C8v/2 C16v P c8! C16v C16v C16v A6 c16! c10!", kInput, 10, options);
    const auto network = MakeFastNetwork(architecture, 48, {BestSimd(), 2});
    InitializeParameters<float>(architecture, 1, network->parameters());
    InitializeBuffers<float>(architecture, network->buffers());
    const Zeros source;
    const std::vector<std::uint8_t> labels(48);
    const std::vector<std::uint32_t> image_ids(48);
    const std::vector<Mix> mixes(48, {.partner = 3, .weight = 0.5f, .box = {}});
    const std::vector<float> distributions(480, 0.1f);
    std::vector<float> log_probabilities(480);
    const long before = allocations;
    for (int count : {48, 17}) {
      const Batch batch = {count, &source, labels.data(), image_ids.data()};
      network->Train(batch, {1, 1});
      Batch mixed = batch;
      mixed.mixes = mixes.data();
      mixed.distributions = distributions.data();
      network->Train(mixed, {1, 1});
      network->Evaluate(batch, std::span(log_probabilities).first(10 * count));
    }
    EXPECT_EQ(allocations - before, 0) << method.name;
  }
}

}  // namespace
}  // namespace normlab
