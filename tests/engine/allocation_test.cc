// Memory is planned once: a training step and an evaluation allocate nothing.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "tests/count_allocations.h"
#include "tests/engine/draft.h"

namespace normlab {
namespace {

constexpr Shape kInput{1, 28, 28};

class Zeros : public ImageSource {
 public:
  void Fill(int, int count, float* images) const override {
    std::fill_n(images, static_cast<std::size_t>(count) * kInput.size(), 0.0f);
  }
};

// Batches of 48, 17 as it comes, mixed, and in evaluation.
long AllocationsOf(const std::shared_ptr<const Plan>& plan) {
  const auto network = MakeFastNetwork(plan, 48, {BestSimd(), 2});
  InitializeParameters<float>(*plan, 1, network->parameters());
  InitializeBuffers<float>(*plan, network->buffers());
  const Zeros source;
  const auto classes = static_cast<std::size_t>(network->classes());
  const std::vector<std::uint8_t> labels(48);
  const std::vector<std::uint32_t> image_ids(48);
  const std::vector<Mix> mixes(48, {.partner = 3, .weight = 0.5f, .box = {}});
  const std::vector<float> distributions(48 * classes, 0.1f);
  std::vector<float> log_probabilities(48 * classes);
  const long before = allocations;
  for (int count : {48, 17}) {
    const Batch batch = {count, &source, labels.data(), image_ids.data()};
    network->Train(batch, {1, 1});
    Batch mixed = batch;
    mixed.mixes = mixes.data();
    mixed.distributions = distributions.data();
    network->Train(mixed, {1, 1});
    network->Evaluate(batch, std::span(log_probabilities).first(classes * count));
  }
  return allocations - before;
}

TEST(Memory, IsPlannedOnce) {
  for (const NormMethod& method : NormMethods()) {
    if (method.room.empty()) continue;  // a program made of an equation allocates a little
    ModelOptions options;
    options.norm = method.name;
    options.groups = 4;
    options.dropout = 0.05;
    const Architecture architecture =
        ParseArchitecture("C8v/2 C16v P c8! C16v C16v C16v A6 c16! c10!", kInput, 10, options);
    EXPECT_EQ(AllocationsOf(architecture.plan), 0) << method.name;
  }
}

// Every way from one map to the next that no line has.
TEST(Memory, OfJoinedMapsIsPlannedOnce) {
  Draft draft(kInput);
  const Attributes overlapping = {{"size", 3}, {"stride", 2}, {"padding", 1}};
  const int x = draft.Norm("batch", draft.Convolution(draft.images(), 4, "C1"), "C1");
  const int y = draft.Convolution(x, 4, "C2");
  const int sum = draft.Relu(draft.Add(KindNamed("sum"), {x, y, y}, "sum"), "sum");
  const int a = draft.Add(KindNamed("max pool"), {sum}, "max", overlapping);
  const int b = draft.Add(KindNamed("average pool"), {sum}, "average", overlapping);
  const int c =
      draft.Add(KindNamed("padded shortcut"), {sum}, "skip", {{"stride", 2}, {"channels", 7}});
  EXPECT_EQ(AllocationsOf(draft.Finish(draft.Add(KindNamed("concatenation"), {a, b, c}, "all"))),
            0);
}

}  // namespace
}  // namespace normlab
