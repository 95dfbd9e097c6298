// Plans of residual and densely connected networks: what their sums and concatenations read, store
// and pass on.
#include <gtest/gtest.h>

#include "engine/fast/fusion.h"
#include "engine/fast/schedule.h"
#include "norm/equation_operation.h"
#include "norm/shipped_methods.h"
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

// Between them the normalization is computed and rectified by who reads it, and gates the gradient.
TEST(ResidualPlan, ANormalizationBehindWhichAReluStandsIsNotStored) {
  for (const char* norm : {"batch", "group", "rms"}) {
    SCOPED_TRACE(norm);
    Draft draft({4, 12, 12});
    const int x = draft.Convolution(draft.images(), 16, "C1"), y = draft.Norm(norm, x, "C1");
    const int relu = draft.Relu(y, "C1");
    const int pool = draft.Add(KindNamed("max pool"), {relu}, "P1");
    const int next =
        draft.Convolution(relu, {.channels = 16, .kernel = 1, .padding = 0, .stride = 2}, "C2");
    const auto plan = draft.Finish(draft.Add(KindNamed("sum"), {pool, next}, "sum"));
    const Laid laid(*plan);
    const FusedOperation& of_relu = laid.fused.operations[At(plan->values[At(relu)].writer)];
    EXPECT_FALSE(of_relu.forward || of_relu.backward);
    EXPECT_TRUE(laid.fused.operations[At(plan->values[At(y)].writer)].rectified_by_readers);
    EXPECT_TRUE(laid.fused.rectified[At(relu)] && !laid.fused.rectified[At(y)]);
    EXPECT_EQ(laid.layout.values[At(relu)], -1);
    EXPECT_EQ(laid.layout.affine[At(relu)], laid.layout.affine[At(y)]);
    ExpectBoth(plan);
  }
}

// A normalization that does not gate leaves the ReLU its way back; a reader that cannot rectify
// what it reads, or a slope, all of it.
TEST(ResidualPlan, OtherwiseTheReluKeepsWhatIsLeftOfIt) {
  const auto shipped = std::ranges::find_if(
      ShippedMethods(), [](const auto& method) { return method->name == "batch"; });
  ASSERT_NE(shipped, ShippedMethods().end());
  const OperationKind equation = EquationOperation(*shipped);
  Draft draft({4, 12, 12});
  const int x = draft.Add(equation, {draft.Convolution(draft.images(), 16, "C1")}, "C1",
                          {{"groups", 2}, {"ghost", 0}, {"eps", 1e-3}, {"momentum", 0.1}});
  const int relu = draft.Relu(x, "C1");
  const int y = draft.Norm("batch", draft.Convolution(relu, 16, "C2", 1), "C2");
  const int strided = draft.Relu(y, "C2");
  const auto plan = draft.Finish(
      draft.Convolution(strided, {.channels = 4, .kernel = 3, .padding = 1, .stride = 2}, "C3"));
  const FusedPlan fused = Fuse(*plan, BestSimd());
  const auto of = [&](int value) { return fused.operations[At(plan->values[At(value)].writer)]; };
  EXPECT_TRUE(fused.rectified[At(relu)] && !of(relu).forward && of(relu).backward);
  EXPECT_TRUE(!fused.rectified[At(strided)] && of(strided).forward && of(strided).backward);
  ExpectBoth(plan);
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
  ExpectTheSameBitsForAnyNumberOfThreads(plan);
}

}  // namespace
}  // namespace normlab
