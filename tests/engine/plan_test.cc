// What a plan can say although no line of text asks for it: values with several readers, operations
// with several inputs, several rounds of waiting, parameters made of others, states that move only
// after the pass. Each runs in both engines, and the twin's gradient is checked by differences.
#include <gtest/gtest.h>

#include "engine/fast/fusion.h"
#include "engine/fast/schedule.h"
#include "tests/engine/check_plan.h"
#include "tests/engine/draft.h"
#include "tests/engine/plan_operations.h"
#include "tests/engine/standardized_filter.h"

namespace normlab {
namespace {

using plan_operations::Drift;
using plan_operations::Spread;
using plan_operations::Standardized;
using plan_operations::Sum;

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

}  // namespace
}  // namespace normlab
