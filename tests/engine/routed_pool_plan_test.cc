// Plans in which a normalization routes the gradient of the max pool behind it.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/fast/fusion.h"
#include "engine/fast/layout.h"
#include "norm/equation_operation.h"
#include "norm/shipped_methods.h"
#include "tests/engine/check_plan.h"
#include "tests/engine/draft.h"

namespace normlab {
namespace {

const OperationKind& MaxPool() { return KindNamed("max pool"); }

const PlanOperation& WriterOf(const Plan& plan, int value) { return *plan.WriterOf(value); }
const FusedOperation& FusedWriterOf(const Plan& plan, const FusedPlan& fused, int value) {
  return fused.operations[At(plan.values[At(value)].writer)];
}

void ExpectRouted(const Plan& plan, int y, int pooled) {
  const FusedPlan fused = Fuse(plan, BestSimd());
  const MapLayout layout = LayOut(plan, fused, TimelineOf(plan, fused));
  ASSERT_EQ(WriterOf(plan, pooled).kind, &MaxPool());
  EXPECT_EQ(FusedWriterOf(plan, fused, y).pooled, pooled);
  EXPECT_FALSE(FusedWriterOf(plan, fused, pooled).backward);
  EXPECT_TRUE(FusedWriterOf(plan, fused, pooled).forward);
  EXPECT_EQ(layout.gradients[At(y)], layout.gradients[At(pooled)]);
  EXPECT_EQ(layout.of(layout.gradients[At(y)]).shape, plan.ShapeOf(pooled));
}

void ExpectNotRouted(const Plan& plan, int y, int pooled) {
  const FusedPlan fused = Fuse(plan, BestSimd());
  EXPECT_EQ(FusedWriterOf(plan, fused, y).pooled, -1);
  EXPECT_TRUE(FusedWriterOf(plan, fused, pooled).backward);
}

// Rows and columns that are in no window, a gate behind the convolution, a ReLU before the pool.
TEST(RoutedPoolPlan, AloneBehindANormalization) {
  for (const char* norm : {"batch", "layer", "group", "instance", "rms"}) {
    for (const Shape images : {Shape{3, 8, 8}, Shape{3, 7, 6}, Shape{3, 6, 9}}) {
      for (const bool rectified : {false, true}) {
        SCOPED_TRACE(testing::Message() << norm << " " << images.height << "x" << images.width
                                        << ", rectified " << rectified);
        Draft draft(images);
        int x = draft.Convolution(draft.images(), 4, "C1");
        if (!rectified) x = draft.Relu(x, "C1");
        const int y = draft.Norm(norm, x, "C1");
        const int seen = rectified ? draft.Relu(y, "C1") : y;
        const int pooled = draft.Add(MaxPool(), {seen}, "P1");
        const auto plan = draft.Finish(draft.Convolution(pooled, 6, "C2"));
        ExpectRouted(*plan, y, pooled);
        ExpectAgreement(plan, {1, 17, 33});
      }
    }
  }
}

// A depthwise and a pointwise convolution, and a sum that passes its gradient on unchanged.
TEST(RoutedPoolPlan, WhoeverReadsThePool) {
  for (const char* norm : {"batch", "group"}) {
    SCOPED_TRACE(norm);
    Draft draft({3, 8, 8});
    const int y = draft.Norm(norm, draft.Convolution(draft.images(), 4, "C1"), "C1");
    const int pooled = draft.Add(MaxPool(), {y}, "P1");
    const int z = draft.Norm(norm, draft.Convolution(pooled, 4, "C2"), "C2");
    const int strided = draft.Convolution(
        draft.images(), {.channels = 4, .kernel = 3, .padding = 1, .stride = 2}, "D");
    const int other = draft.Add(
        MaxPool(), {draft.Norm(norm, draft.Convolution(draft.images(), 4, "E"), "E")}, "P2");
    const int sum = draft.Add(KindNamed("sum"), {pooled, z, strided, other}, "sum");
    const auto plan = draft.Finish(draft.Relu(sum, "sum"));
    ExpectRouted(*plan, y, pooled);
    ExpectAgreement(plan, {1, 33});
    ExpectGradientsOfTheTwin(plan);
  }
}

TEST(RoutedPoolPlan, OnlyOfWindowsThatHalve) {
  for (const Attributes& window : {Attributes{{"size", 3}}, Attributes{{"size", 2}, {"stride", 1}},
                                   Attributes{{"size", 2}, {"padding", 1}}}) {
    Draft draft({3, 8, 8});
    const int y = draft.Norm("batch", draft.Convolution(draft.images(), 4, "C1"), "C1");
    const int pooled = draft.Add(MaxPool(), {y}, "P1", window);
    const auto plan = draft.Finish(pooled);
    ExpectNotRouted(*plan, y, pooled);
    ExpectAgreement(plan, {17});
  }
}

TEST(RoutedPoolPlan, NotWhereOthersReadToo) {
  Draft draft({3, 8, 8});
  const int y = draft.Norm("batch", draft.Convolution(draft.images(), 4, "C1"), "C1");
  const int pooled = draft.Add(MaxPool(), {y}, "P1");
  const int strided =
      draft.Convolution(y, {.channels = 4, .kernel = 1, .padding = 0, .stride = 2}, "C2");
  const auto plan = draft.Finish(draft.Add(KindNamed("sum"), {pooled, strided}, "sum"));
  ExpectNotRouted(*plan, y, pooled);
  ExpectAgreement(plan, {17});
}

TEST(RoutedPoolPlan, NotByAMethodOfAnEquation) {
  const auto shipped = std::ranges::find_if(
      ShippedMethods(), [](const auto& method) { return method->name == "batch"; });
  ASSERT_NE(shipped, ShippedMethods().end());
  const OperationKind equation = EquationOperation(*shipped);
  Draft draft({3, 8, 8});
  const int y = draft.Add(equation, {draft.Convolution(draft.images(), 4, "C1")}, "C1",
                          {{"groups", 2}, {"ghost", 0}, {"eps", 1e-3}, {"momentum", 0.1}});
  const int pooled = draft.Add(MaxPool(), {y}, "P1");
  const auto plan = draft.Finish(pooled);
  ExpectNotRouted(*plan, y, pooled);
  ExpectAgreement(plan, {17});
}

}  // namespace
}  // namespace normlab
