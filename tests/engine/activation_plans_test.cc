// Every activation of the registry in small networks: before and behind normalizations, dropout and
// other activations, in every order, so that each fusion that its traits allow is made; the fast
// engine against its plain twin on every instruction set.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "engine/fast/fusion.h"
#include "operations/activation.h"
#include "tests/engine/draft.h"
#include "tests/engine/follow_twin.h"
#include "tests/engine/plan_operations.h"

namespace normlab {
namespace {

constexpr int kBatches[] = {1, 15, 16, 17, 33};

// Value at a kink of an activation are chance, errors are not: other weights then.
void ExpectAgreement(const std::shared_ptr<const Plan>& plan, Case c) {
  std::string differences;
  for (c.seed = 3; c.seed < 6; ++c.seed) {
    differences = CompareEngines(c, plan).text();
    if (differences.empty()) return;
  }
  EXPECT_EQ(differences, "") << Describe(c);
}

// Another batch and number of threads each time.
class Situations {
 public:
  Case Next(Simd simd) {
    Case c;
    c.batch = kBatches[number_++ % std::size(kBatches)];
    c.simd = simd;
    c.threads = c.batch > 16 ? 2 : 1;
    return c;
  }

 private:
  std::size_t number_ = 0;
};

std::string NameOf(const testing::TestParamInfo<Activation>& info) {
  return std::string(info.param.name);
}

class ActivationInPlans : public testing::TestWithParam<Activation> {
 protected:
  void Expect(const std::shared_ptr<const Plan>& plan) {
    for (const Simd simd : SupportedSimd()) ExpectAgreement(plan, situations_.Next(simd));
  }
  int Act(Draft& draft, int x, const std::string& layer) {
    return draft.Activation(GetParam().name, x, layer);
  }

  Situations situations_;
};
INSTANTIATE_TEST_SUITE_P(Registry, ActivationInPlans, testing::ValuesIn(Activations()), NameOf);

// A unit as a user writes it: a convolution, then these three in any order; twice, with a pool
// between.
TEST_P(ActivationInPlans, FollowsTheTwinInEveryOrder) {
  for (const char* norm : {"batch", "group", "layer-channels", "layer-elementwise", "rms", "frn"}) {
    std::string order = "adn";  // activation, dropout, normalization
    do {
      SCOPED_TRACE(testing::Message() << norm << ", order " << order);
      Draft draft;
      int x = draft.images();
      for (const std::string layer : {"C1", "C2"}) {
        x = draft.Convolution(x, 6, layer);
        for (const char step : order) {
          if (step == 'a') x = Act(draft, x, layer);
          if (step == 'd') x = draft.Dropout(x, layer);
          if (step == 'n') x = draft.Norm(norm, x, layer);
        }
        if (layer == "C1") x = draft.Add(KindNamed("max pool"), {x}, "P");
      }
      Expect(draft.Finish(x));
    } while (std::ranges::next_permutation(order).found);
  }
}

TEST_P(ActivationInPlans, FollowsTheTwinWithoutANormalization) {
  Draft draft;
  const int x = Act(draft, draft.Convolution(draft.images(), 6, "C1"), "C1");
  Expect(draft.Finish(Act(draft, draft.Convolution(x, 7, "C2", 1), "C2")));
}

// Nothing was learned before it, and other readers want what it reads.
TEST_P(ActivationInPlans, FollowsTheTwinOnTheImagesAndOfAValueThatOthersRead) {
  Draft draft;
  const int first = Act(draft, draft.images(), "images");
  const int x = draft.Convolution(first, 6, "C1"), y = Act(draft, x, "C1");
  Expect(draft.Finish(draft.Add(plan_operations::Sum(), {y, x}, "sum")));
}

// Behind each other and around dropout and a normalization: who writes over what whose gradient is
// told from where.
TEST_P(ActivationInPlans, FollowsTheTwinBesideEveryOther) {
  for (const Activation& other : Activations()) {
    SCOPED_TRACE(other.name);
    for (const bool normalized : {false, true}) {
      Draft draft;
      int x = draft.Convolution(draft.images(), 6, "C1");
      if (normalized) x = draft.Norm("batch", x, "C1");
      x = Act(draft, draft.Dropout(x, "C1"), "C1");
      x = draft.Activation(other.name, draft.Dropout(x, "C1b"), "C1b");
      if (normalized) x = draft.Norm("layer", x, "C1b");
      x = draft.Convolution(x, 5, "C2", 1);
      x = Act(draft, draft.Activation(other.name, x, "C2"), "C2b");
      Expect(draft.Finish(x));
    }
  }
}

TEST_P(ActivationInPlans, GivesTheSameBitsWithAnyNumberOfThreads) {
  Draft draft;
  const int x = Act(draft, draft.Convolution(draft.images(), 6, "C1"), "C1");
  const auto plan = draft.Finish(Act(draft, draft.Norm("batch", x, "C1"), "C1b"));
  for (const Simd simd : SupportedSimd()) {
    Case c;
    c.batch = 65;
    c.simd = simd;
    const Outcome<float> alone = RunFast(c, plan);
    c.threads = 3;
    const Outcome<float> together = RunFast(c, plan);
    EXPECT_EQ(alone.gradients, together.gradients) << SimdName(simd);
    EXPECT_EQ(alone.train_loss, together.train_loss) << SimdName(simd);
  }
}

const FusedOperation& WriterOf(const FusedPlan& fused, const Plan& plan, const std::string& value) {
  const auto found = std::ranges::find(plan.values, value, &PlanValue::name);
  return fused.operations[static_cast<std::size_t>(found->writer)];
}
bool IsInPlace(const FusedPlan& fused, const Plan& plan, const std::string& value) {
  const auto found = std::ranges::find(plan.values, value, &PlanValue::name);
  const auto index = static_cast<std::size_t>(found - plan.values.begin());
  return fused.home[index] != static_cast<int>(index);
}

TEST(ActivationFusion, LeakyReluSharesTheWayOfRelu) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 6, "C1");
  const int y = draft.Activation("leaky_relu", x, "leaky");
  const auto plan = draft.Finish(draft.Norm("batch", draft.Dropout(y, "D"), "N"));
  const FusedPlan fused = Fuse(*plan, BestSimd());
  EXPECT_TRUE(WriterOf(fused, *plan, "C1.conv").store.rectified);
  EXPECT_EQ(WriterOf(fused, *plan, "C1.conv").store.slope, 0.01f);
  EXPECT_FALSE(WriterOf(fused, *plan, "leaky.op").forward);
  EXPECT_FALSE(WriterOf(fused, *plan, "leaky.op").backward);
  EXPECT_TRUE(WriterOf(fused, *plan, "D.op").backward) << "a zero may be one that was kept";
  const Gate gate = WriterOf(fused, *plan, "N.norm").gate;
  EXPECT_TRUE(gate.positive);
  EXPECT_EQ(gate.slope, 0.01f);
  EXPECT_EQ(gate.scale, 1.0f);
}

TEST(ActivationFusion, AReluAmongThemTellsWhatWasDropped) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 6, "C1");
  const int y = draft.Relu(draft.Activation("leaky_relu", x, "leaky"), "relu");
  const auto plan = draft.Finish(draft.Norm("batch", draft.Dropout(y, "D"), "N"));
  const FusedPlan fused = Fuse(*plan, BestSimd());
  for (const char* operation : {"leaky.op", "relu.op", "D.op"}) {
    EXPECT_FALSE(WriterOf(fused, *plan, operation).backward) << operation;
  }
  EXPECT_EQ(WriterOf(fused, *plan, "N.norm").gate.slope, 0.0f);
  EXPECT_GT(WriterOf(fused, *plan, "N.norm").gate.scale, 1.3f);
}

// Where a leaky ReLU's sign is still to be read, a function that keeps no signs must not write.
TEST(ActivationFusion, WhatIsReadOnTheWayBackIsNotWrittenOver) {
  for (const Activation& last : Activations()) {
    Draft draft;
    const int x = draft.Convolution(draft.images(), 6, "C1");
    const int y = draft.Dropout(draft.Activation("leaky_relu", x, "leaky"), "D");
    const auto plan = draft.Finish(draft.Activation(last.name, y, "last"));
    const FusedPlan fused = Fuse(*plan, BestSimd());
    EXPECT_TRUE(IsInPlace(fused, *plan, "D.op"));
    EXPECT_EQ(IsInPlace(fused, *plan, "last.op"), last.kind->traits.gate == GateKind::kRectifier)
        << last.name;
  }
}

TEST(ActivationFusion, OneToldFromItsOutputWritesOverAConvolutions) {
  for (const Activation& activation : Activations()) {
    Draft draft;
    const int x = draft.Convolution(draft.images(), 6, "C1");
    const auto plan = draft.Finish(draft.Activation(activation.name, x, "A"));
    const FusedPlan fused = Fuse(*plan, BestSimd());
    EXPECT_EQ(IsInPlace(fused, *plan, "A.op"), activation.kind->traits.reads_output)
        << activation.name;
  }
}

// What silu reads of a normalization no map holds.
TEST(ActivationFusion, OneToldFromItsInputNormalizesWhileItReads) {
  for (const Activation& activation : Activations()) {
    Draft draft;
    const int x = draft.Norm("batch", draft.Convolution(draft.images(), 6, "C1"), "C1");
    const auto plan = draft.Finish(draft.Activation(activation.name, x, "A"));
    const FusedPlan fused = Fuse(*plan, BestSimd());
    const auto norm = std::ranges::find(plan->values, "C1.norm", &PlanValue::name);
    EXPECT_EQ(fused.affine[static_cast<std::size_t>(norm - plan->values.begin())],
              activation.kind->traits.reads_input)
        << activation.name;
  }
}

}  // namespace
}  // namespace normlab
