// Memory is planned once: a training step and an evaluation allocate nothing.
#include <gtest/gtest.h>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/count_allocations.h"

namespace normlab {
namespace {

class Zeros : public BlockSource {
 public:
  void FillBlock(int, const BlockView& view) const override {
    for (int row = 0; row < view.shape.height; ++row) {
      for (int i = 0; i < view.shape.width * kBlock; ++i) view.at(0, row, 0)[i] = 0.0f;
    }
  }
};

TEST(Memory, IsPlannedOnce) {
  for (const NormMethod& method : NormMethods()) {
    ModelOptions options;
    options.norm = method.name;
    options.groups = 4;
    options.dropout = 0.05;
    const Architecture architecture =
        ParseArchitecture("C8v/2 C16v P c8! C16v C16v C16v A6 c16! c10!", {1, 28, 28}, 10, options);
    const auto network = MakeFastNetwork(architecture, 48, {BestSimd(), 2});
    InitializeParameters<float>(architecture, 1, network->parameters());
    InitializeBuffers<float>(architecture, network->buffers());
    const Zeros source;
    const std::vector<std::uint8_t> labels(48);
    const std::vector<std::uint32_t> image_ids(48);
    std::vector<float> log_probabilities(480);
    const long before = allocations;
    for (int count : {48, 17}) {
      const Batch batch = {count, &source, labels.data(), image_ids.data()};
      network->Train(batch, {1, 1});
      network->Evaluate(batch, std::span(log_probabilities).first(10 * count));
    }
    EXPECT_EQ(allocations - before, 0) << method.name;
  }
}

}  // namespace
}  // namespace normlab
