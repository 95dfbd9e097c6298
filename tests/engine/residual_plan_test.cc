// Plans of residual and densely connected networks: what their sums and concatenations read, store
// and pass on.
#include <gtest/gtest.h>

#include "engine/fast/fusion.h"
#include "engine/fast/schedule.h"
#include "tests/engine/check_plan.h"
#include "tests/engine/draft.h"

namespace normlab {
namespace {

// x + norm(conv(relu(norm(conv(x))))), then a ReLU.
int ResidualBlock(Draft& draft, const std::string& norm, int x, const std::string& layer) {
  const int channels = draft.shape(x).channels;
  const int y = draft.Norm(norm, draft.Convolution(x, channels, layer + "a"), layer + "a");
  const int z = draft.Convolution(draft.Relu(y, layer + "a"), channels, layer + "b");
  const int sum = draft.Add(KindNamed("sum"), {draft.Norm(norm, z, layer + "b"), x}, layer + "sum");
  return draft.Relu(sum, layer + "sum");
}

// Of sides halved and channels doubled on either way: as ResNets for CIFAR begin a stage.
int Downsampled(Draft& draft, int x, const std::string& layer) {
  const int channels = 2 * draft.shape(x).channels;
  const int pooled = draft.Add(KindNamed("max pool"), {x}, layer + "pool",
                               {{"size", 3}, {"stride", 2}, {"padding", 1}});
  const int skip = draft.Add(KindNamed("padded shortcut"), {x}, layer + "skip",
                             {{"stride", 2}, {"channels", static_cast<double>(channels)}});
  return draft.Add(KindNamed("sum"), {draft.Convolution(pooled, channels, layer), skip}, layer);
}

TEST(ResidualPlan, AResidualNetworkUnderEveryNormalization) {
  for (const std::string& norm : NormNames()) {
    if (norm == "none") continue;
    SCOPED_TRACE(norm);
    Draft draft;
    const int x = draft.Relu(draft.Convolution(draft.images(), 4, "C1"), "C1");
    const int y = Downsampled(draft, ResidualBlock(draft, norm, x, "B1"), "B2");
    ExpectAgreement(draft.Finish(ResidualBlock(draft, norm, y, "B3")), {1, 33});
  }
}

TEST(ResidualPlan, AResidualNetworkHasTheGradientOfWhatItComputes) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 4, "C1");
  const int y = Downsampled(draft, ResidualBlock(draft, "layer", x, "B1"), "B2");
  ExpectGradientsOfTheTwin(draft.Finish(ResidualBlock(draft, "batch", y, "B3")));
}

// Every layer reads all maps before it.
TEST(ResidualPlan, ADenselyConnectedNetwork) {
  for (const char* norm : {"batch", "group", "layer-elementwise"}) {
    SCOPED_TRACE(norm);
    Draft draft;
    std::vector<int> maps = {draft.Convolution(draft.images(), 4, "C1")};
    for (int i = 2; i < 5; ++i) {
      const std::string layer = "C" + std::to_string(i);
      const int all = draft.Add(KindNamed("concatenation"), maps, layer + "all");
      maps.push_back(draft.Convolution(draft.Relu(draft.Norm(norm, all, layer), layer), 2, layer));
    }
    ExpectBoth(draft.Finish(draft.Add(KindNamed("concatenation"), maps, "all")));
  }
}

struct Laid {
  explicit Laid(const Plan& plan)
      : fused(Fuse(plan, BestSimd())), layout(LayOut(plan, fused, TimelineOf(plan, fused))) {}
  FusedPlan fused;
  MapLayout layout;
};

// The sum normalizes what it reads and applies the ReLU; its inputs' gradients are its own.
TEST(ResidualPlan, OfAResidualBlockTheSumAloneIsStored) {
  Draft draft;
  const int x = draft.Relu(draft.Convolution(draft.images(), 4, "C1"), "C1");
  const int y = ResidualBlock(draft, "batch", x, "B1");
  const auto plan = draft.Finish(ResidualBlock(draft, "batch", y, "B2"));
  const Laid laid(*plan);
  const PlanOperation& relu = *plan->WriterOf(y);
  const PlanOperation& sum = *plan->WriterOf(relu.inputs[0]);
  ASSERT_EQ(sum.kind, &KindNamed("sum"));
  EXPECT_TRUE(laid.fused.operations[At(plan->values[At(sum.output)].writer)].store.rectified);
  EXPECT_FALSE(laid.fused.operations[At(plan->values[At(y)].writer)].forward);
  EXPECT_EQ(laid.layout.values[At(sum.output)], laid.layout.values[At(y)]);
  EXPECT_EQ(laid.layout.values[At(sum.inputs[0])], -1) << "of the normalization";
  const int gradient = laid.layout.gradients[At(y)];
  EXPECT_GE(gradient, 0);
  EXPECT_EQ(laid.layout.gradients[At(sum.inputs[0])], gradient);
  EXPECT_EQ(laid.layout.gradients[At(sum.inputs[1])], gradient);
}

template <typename T>
std::vector<UnitValues<T>> UnitsAfterAStep(const Plan& plan, Network<T>& network) {
  Case c;
  RunSteps(c, plan, network);
  std::vector<UnitValues<T>> units;
  network.VisitUnits([&](const UnitValues<T>& unit) { units.push_back(unit); });
  return units;
}

// What a sum normalizes as it reads it, and a shortcut that is held for the moment alone, can be
// looked at after the pass all the same.
TEST(ResidualPlan, WhatUnitsOfAResidualNetworkGaveIsSeen) {
  Draft draft;
  const int x = draft.Relu(draft.Convolution(draft.images(), 4, "C1"), "C1");
  draft.EndUnit(x, x);
  const int y = draft.Convolution(x, 4, "C2"), norm = draft.Norm("batch", y, "C2");
  const int sum = draft.Relu(draft.Add(KindNamed("sum"), {x, norm}, "C2sum"), "C2");
  draft.EndUnit(y, norm);
  const int z = draft.Convolution(sum, 4, "C3");
  const int skip =
      draft.Add(KindNamed("padded shortcut"), {z}, "C3skip", {{"stride", 2}, {"channels", 6}});
  const int last = draft.Norm("group", skip, "C3");
  draft.EndUnit(skip, last);
  const auto plan = draft.Finish(draft.Add(KindNamed("sum"), {last, last}, "end"));
  const Laid laid(*plan);
  ASSERT_EQ(laid.layout.values[At(norm)], -1);
  ASSERT_EQ(laid.layout.of(laid.layout.values[At(skip)]).held, Held::kPerWorker);
  const auto fast = UnitsAfterAStep(*plan, *MakeFastNetwork(plan, Case().batch, {}));
  const auto twin = UnitsAfterAStep(*plan, *MakeReferenceNetwork<double>(plan, Case().batch));
  Differences differences;
  ASSERT_EQ(twin.size(), 3u);
  for (std::size_t i = 0; i < twin.size(); ++i) {
    differences.Compare(twin[i].layer + " before", fast.at(i).before, twin[i].before, 1e-5, 1e-5);
    differences.Compare(twin[i].layer + " after", fast.at(i).after, twin[i].after, 1e-5, 1e-5);
  }
  EXPECT_EQ(differences.text(), "");
}

// A ReLU of its own on either way: their gradients differ, and only one may lie in the sum's.
TEST(ResidualPlan, GradientsThatAreGatedApartLieApart) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 4, "C1");
  const int a = draft.Relu(draft.Convolution(x, 4, "C2"), "C2");
  const int b = draft.Relu(draft.Convolution(x, 4, "C3"), "C3");
  const int sum = draft.Add(KindNamed("sum"), {a, b}, "sum");
  const auto plan = draft.Finish(draft.Convolution(sum, 4, "C4"));
  const std::vector<int> gradients = Laid(*plan).layout.gradients;
  EXPECT_EQ(gradients[At(a)], gradients[At(sum)]);
  EXPECT_NE(gradients[At(b)], gradients[At(sum)]);
  ExpectBoth(plan);
}

TEST(ResidualPlan, AResidualNetworkHasTheSameBitsForAnyNumberOfThreads) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 4, "C1");
  const int y = Downsampled(draft, ResidualBlock(draft, "batch", x, "B1"), "B2");
  const auto plan = draft.Finish(ResidualBlock(draft, "group", y, "B3"));
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

}  // namespace
}  // namespace normlab
