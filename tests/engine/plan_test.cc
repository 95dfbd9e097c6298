// What a plan can say although no line of text asks for it: values with several readers, operations
// with several inputs, several rounds of waiting, parameters made of others, states that move only
// after the pass. Each runs in both engines, and the twin's gradient is checked by differences.
#include <gtest/gtest.h>

#include "engine/fast/fusion.h"
#include "engine/fast/schedule.h"
#include "tests/engine/draft.h"
#include "tests/engine/follow_twin.h"
#include "tests/engine/plan_operations.h"
#include "tests/engine/standardized_filter.h"

namespace normlab {
namespace {

using plan_operations::Drift;
using plan_operations::Spread;
using plan_operations::Standardized;
using plan_operations::Sum;

void ExpectAgreement(const std::shared_ptr<const Plan>& plan,
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

double LossOf(Network<double>& network, const Batch& batch) {
  return network.Train(batch, {9, 4}).loss_sum / batch.count;
}

// Every third parameter's derivative by a central difference, whose step is too small for many a
// value to pass the kink of a ReLU.
void ExpectGradientsOfTheTwin(const std::shared_ptr<const Plan>& plan) {
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

void ExpectBoth(const std::shared_ptr<const Plan>& plan) {
  ExpectAgreement(plan);
  ExpectGradientsOfTheTwin(plan);
}

TEST(Plan, AValueMayHaveTwoReaders) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 6, "C1");
  const int y = draft.Relu(draft.Convolution(x, 6, "C2"), "C2");
  ExpectBoth(draft.Finish(draft.Add(Sum(), {y, x}, "sum")));
}

TEST(Plan, AnOperationMayReadOneValueTwice) {
  Draft draft;
  const int x = draft.Relu(draft.Convolution(draft.images(), 6, "C1"), "C1");
  ExpectBoth(draft.Finish(draft.Add(Sum(), {x, x}, "sum")));
}

TEST(Plan, ThreeReadersAndAPoolAmongThem) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 6, "C1");
  const int a = draft.Convolution(x, 6, "C2"), b = draft.Convolution(x, 6, "C3", 1);
  const int sum = draft.Add(Sum(), {draft.Add(Sum(), {a, b}, "sum1"), x}, "sum2");
  ExpectBoth(draft.Finish(draft.Add(KindNamed("max pool"), {sum}, "P")));
}

// Strides that leave rows and columns out, groups, biases, and a map smaller than the kernel.
TEST(Plan, ConvolutionsOfEverySort) {
  Draft draft({3, 13, 11});
  int x = draft.Convolution(
      draft.images(), {.channels = 6, .kernel = 7, .padding = 3, .stride = 2, .bias = true}, "C1");
  x = draft.Norm("batch", draft.Relu(x, "C1"), "C1");
  x = draft.Relu(
      draft.Convolution(x, {.channels = 8, .kernel = 5, .padding = 2, .groups = 2, .bias = true},
                        "C2"),
      "C2");
  const int y = draft.Convolution(
      x, {.channels = 6, .kernel = 3, .padding = 1, .stride = 3, .groups = 2}, "C3");
  const int z = draft.Convolution(
      x, {.channels = 6, .kernel = 1, .padding = 0, .stride = 3, .bias = true}, "C4");
  x = draft.Relu(draft.Add(Sum(), {y, z}, "sum"), "sum");
  ASSERT_EQ(draft.shape(x), (Shape{6, 3, 2}));
  x = draft.Convolution(x, {.channels = 6, .kernel = 7, .padding = 3, .groups = 6, .bias = true},
                        "C5");
  ExpectBoth(draft.Finish(x));
}

// A normalization that only they read is never stored, whatever their stride and groups.
TEST(Plan, PointwiseConvolutionsNormalizeWhatTheyRead) {
  for (const char* norm : {"batch", "group", "layer"}) {
    SCOPED_TRACE(norm);
    Draft draft;
    const int x =
        draft.Norm(norm, draft.Relu(draft.Convolution(draft.images(), 6, "C1"), "C1"), "C1");
    const int y = draft.Convolution(
        x, {.channels = 9, .kernel = 1, .padding = 0, .groups = 3, .bias = true}, "C2");
    const int z = draft.Norm(
        norm, draft.Convolution(y, {.channels = 6, .kernel = 1, .padding = 0, .stride = 2}, "C3"),
        "C3");
    const auto plan = draft.Finish(draft.Convolution(
        z, {.channels = 4, .kernel = 1, .padding = 0, .stride = 3, .groups = 2}, "C4"));
    for (const Simd simd : SupportedSimd()) {
      const FusedPlan fused = Fuse(*plan, simd);
      EXPECT_TRUE(fused.affine[At(x)] && fused.affine[At(z)]);
    }
    ExpectBoth(plan);
  }
}

TEST(Plan, AWeightMadeOfAnotherHasItsBiasBesideIt) {
  Draft draft;
  const int x = draft.Convolution(
      draft.images(),
      {.channels = 6, .kernel = 5, .padding = 2, .stride = 2, .groups = 3, .bias = true}, "C1",
      &Standardized());
  ExpectBoth(draft.Finish(x));
}

// An activation or dropout of a value that others read as well cannot write over it.
TEST(Plan, WhatOthersReadIsNotWrittenOver) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 6, "C1");
  const int y = draft.Dropout(draft.Relu(x, "C1"), "C1");
  const int z = draft.Dropout(x, "C1b");
  ExpectAgreement(draft.Finish(draft.Add(Sum(), {draft.Add(Sum(), {y, x}, "sum1"), z}, "sum2")));
}

TEST(Plan, ASkipPastEveryNormalization) {
  for (const std::string& norm : NormNames()) {
    if (norm == "none") continue;
    SCOPED_TRACE(norm);
    Draft draft;
    const int x =
        draft.Norm(norm, draft.Relu(draft.Convolution(draft.images(), 6, "C1"), "C1"), "C1");
    const int y = draft.Norm(norm, draft.Convolution(x, 6, "C2"), "C2");
    const int sum = draft.Relu(draft.Add(Sum(), {y, x}, "sum"), "sum");
    const int z = draft.Norm(
        norm, draft.Dropout(draft.Relu(draft.Convolution(sum, 6, "C3"), "C3"), "C3"), "C3");
    ExpectAgreement(draft.Finish(draft.Add(Sum(), {z, sum}, "sum2")));
  }
}

TEST(Plan, EveryNormalizationHasTheGradientOfWhatItComputes) {
  for (const std::string& norm : NormNames()) {
    if (norm == "none") continue;
    SCOPED_TRACE(norm);
    Draft draft;
    const int x = draft.Norm(norm, draft.Convolution(draft.images(), 6, "C1"), "C1");
    ExpectGradientsOfTheTwin(draft.Finish(draft.Norm(norm, draft.Convolution(x, 6, "C2"), "C2")));
  }
}

// Normalizations one after the other: what the second reads is itself restored.
TEST(Plan, NormalizationsOfNormalizations) {
  for (const char* second : {"batch", "layer", "layer-channels", "rms"}) {
    for (const char* first : {"group", "batch", "layer-elementwise"}) {
      SCOPED_TRACE(std::string(first) + ", " + second);
      Draft draft;
      const int x = draft.Convolution(draft.images(), 6, "C1");
      const int y = draft.Norm(second, draft.Norm(first, x, "C1"), "C1b");
      ExpectAgreement(draft.Finish(draft.Convolution(y, 6, "C2")));
    }
  }
}

// The images normalized: parameters before any convolution.
TEST(Plan, ANormalizationMayStandFirst) {
  for (const char* norm : {"batch", "instance", "layer-channels"}) {
    SCOPED_TRACE(norm);
    Draft draft;
    const int pooled = draft.Add(KindNamed("max pool"), {draft.images()}, "P");
    ExpectAgreement(draft.Finish(draft.Convolution(draft.Norm(norm, pooled, "first"), 6, "C1")));
  }
}

TEST(Plan, AnOperationMayWaitTwiceEachWay) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 6, "C1");
  const int y = draft.Add(Spread(), {x}, "C1");
  const int z = draft.Add(Spread(), {draft.Relu(draft.Convolution(y, 6, "C2"), "C2")}, "C2");
  ExpectBoth(draft.Finish(draft.Add(Sum(), {z, y}, "sum")));
}

TEST(Plan, ATrainingPassWaitsAsOftenAsItsOperationsSay) {
  Draft draft;
  const int x = draft.Add(Spread(), {draft.Convolution(draft.images(), 6, "C1")}, "C1");
  const int y = draft.Norm("batch", draft.Convolution(x, 6, "C2"), "C2");
  const auto plan = draft.Finish(y);
  const FusedPlan fused = Fuse(*plan, BestSimd());
  const MapLayout layout = LayOut(*plan, fused, TimelineOf(*plan, fused));
  const std::vector<bool> all(plan->operations.size() + 2, true);
  const auto stages = [&](Mode mode) {
    return PlanSchedule(*plan, fused, layout, mode, all).stages.size();
  };
  EXPECT_EQ(stages(Mode::kTrain), 1u + 2 + 1 + 1 + 2);
  EXPECT_EQ(stages(Mode::kEvaluateOnBatch), 1u + 2 + 1);
  EXPECT_EQ(stages(Mode::kEvaluate), 1u);
}

TEST(Plan, AFilterMayBeMadeOfTheOneThatIsLearned) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 6, "C1", 3, &Standardized());
  const int y = draft.Convolution(draft.Relu(x, "C1"), 6, "C2", 3, &Standardized());
  const int z = draft.Convolution(y, 6, "C2", 3, &Standardized(), 2);  // the same filter again
  const auto plan = draft.Finish(z);
  ASSERT_EQ(plan->derived.size(), 2u);
  EXPECT_EQ(plan->parameters.size(), 3u);
  ExpectBoth(plan);
}

TEST(Plan, StatesMoveOnlyAfterThePassHasReadThem) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 6, "C1");
  const int y = draft.Add(Drift(), {x}, "drift");
  // The same state once more, behind a reader that has its input restored.
  const int z = draft.Add(Drift(), {draft.Convolution(y, 6, "C2")}, "drift", {}, 2);
  const auto plan = draft.Finish(draft.Convolution(z, 6, "C3"));
  ASSERT_EQ(plan->buffers.size(), 1u);
  EXPECT_EQ(plan->buffers[0].initial, 0.25);
  ExpectBoth(plan);
  const auto network = MakeFastNetwork(plan, 3, {});
  EXPECT_EQ(network->counters()[0].value, 0);
  const RandomPixels pixels(plan->ShapeOf(0));
  const std::vector<std::uint8_t> labels = {0, 1, 2};
  const std::vector<std::uint32_t> image_ids = {1, 2, 3};
  network->Train({3, &pixels, labels.data(), image_ids.data()}, {});
  EXPECT_EQ(network->counters()[0].value, 2) << "each application counts";
}

// The sign of a value that a fusion takes for a gate's is asked of the value, not of its history.
TEST(Plan, MapsAreSharedOnlyWhereTheirTimesDoNotMeet) {
  Draft draft;
  int x = draft.Convolution(draft.images(), 6, "C1");
  std::vector<int> skips;
  for (int i = 2; i < 6; ++i) {
    const std::string layer = "C" + std::to_string(i);
    skips.push_back(x);
    x = draft.Norm("layer", draft.Relu(draft.Convolution(x, 6, layer), layer), layer);
  }
  while (!skips.empty()) {
    x = draft.Add(Sum(), {x, skips.back()}, "sum" + std::to_string(skips.size()));
    skips.pop_back();
  }
  ExpectBoth(draft.Finish(x));
}

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

TEST(Plan, AResidualNetworkUnderEveryNormalization) {
  for (const std::string& norm : NormNames()) {
    if (norm == "none") continue;
    SCOPED_TRACE(norm);
    Draft draft;
    const int x = draft.Relu(draft.Convolution(draft.images(), 4, "C1"), "C1");
    const int y = Downsampled(draft, ResidualBlock(draft, norm, x, "B1"), "B2");
    ExpectAgreement(draft.Finish(ResidualBlock(draft, norm, y, "B3")), {1, 33});
  }
}

TEST(Plan, AResidualNetworkHasTheGradientOfWhatItComputes) {
  Draft draft;
  const int x = draft.Convolution(draft.images(), 4, "C1");
  const int y = Downsampled(draft, ResidualBlock(draft, "layer", x, "B1"), "B2");
  ExpectGradientsOfTheTwin(draft.Finish(ResidualBlock(draft, "batch", y, "B3")));
}

// Every layer reads all maps before it.
TEST(Plan, ADenselyConnectedNetwork) {
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
TEST(Plan, OfAResidualBlockTheSumAloneIsStored) {
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
TEST(Plan, WhatUnitsOfAResidualNetworkGaveIsSeen) {
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
TEST(Plan, GradientsThatAreGatedApartLieApart) {
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

TEST(Plan, AResidualNetworkHasTheSameBitsForAnyNumberOfThreads) {
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
