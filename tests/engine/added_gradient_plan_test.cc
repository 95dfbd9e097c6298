// Plans in which a convolution adds its part to the gradient of a value that others read too, and
// gates the sum.
#include <gtest/gtest.h>

#include "engine/fast/fusion.h"
#include "engine/fast/layout.h"
#include "tests/engine/check_plan.h"
#include "tests/engine/draft.h"

namespace normlab {
namespace {

constexpr Shape kPictures = {3, 9, 8};  // a tile at the lower edge is partial
constexpr int kWide = 16;               // enough for Winograd's tiles

const ConvolutionOptions kHalving = {.channels = kWide, .kernel = 3, .padding = 1, .stride = 2};

struct Placed {
  explicit Placed(const std::shared_ptr<const Plan>& of, Simd simd = Simd::kAvx2)
      : plan(of), fused(Fuse(*of, simd)), layout(LayOut(*of, fused, TimelineOf(*of, fused))) {}

  const FusedOperation& WriterOf(int value) const {
    return fused.operations[At(plan->values[At(value)].writer)];
  }
  int AddedBy(int value) const { return layout.added[At(plan->values[At(value)].writer)][0]; }

  std::shared_ptr<const Plan> plan;
  FusedPlan fused;
  MapLayout layout;
};

int First(Draft& draft) {
  return draft.Norm("batch", draft.Convolution(draft.images(), kWide, "C1"), "C1");
}

int ReluOfSum(Draft& draft, std::vector<int> x, const std::string& layer) {
  return draft.Relu(draft.Add(KindNamed("sum"), std::move(x), layer), layer);
}

TEST(AddedGradientPlan, TheConvolutionBehindARectifiedSum) {
  for (const char* norm : {"batch", "group", "layer-elementwise"}) {
    for (const bool drops : {false, true}) {
      SCOPED_TRACE(testing::Message() << norm << ", dropout " << drops);
      Draft draft(kPictures);
      const int x = First(draft);
      int v =
          ReluOfSum(draft, {draft.Norm(norm, draft.Convolution(x, kWide, "C2"), "C2"), x}, "S1");
      const int relu = v;
      if (drops) v = draft.Dropout(v, "S1");
      const int y = draft.Convolution(v, kWide, "C3");
      const auto plan = draft.Finish(ReluOfSum(draft, {draft.Norm(norm, y, "C3"), v}, "S2"));
      const Placed fused(plan);
      EXPECT_TRUE(fused.WriterOf(y).adds_gradient);
      EXPECT_TRUE(fused.WriterOf(y).gate.positive);
      EXPECT_EQ(fused.WriterOf(y).gate.scale, drops ? 1 / 0.75f : 1.0f);
      EXPECT_FALSE(fused.WriterOf(relu).backward);
      EXPECT_FALSE(fused.WriterOf(v).backward);
      EXPECT_EQ(fused.AddedBy(y), -1);
      ExpectAgreement(plan, {1, 17, 33});
      const Placed plain(plan, Simd::kSse4);
      EXPECT_FALSE(plain.WriterOf(y).adds_gradient || plain.WriterOf(y).gate.positive);
      EXPECT_TRUE(plain.WriterOf(relu).backward);
      EXPECT_GE(plain.AddedBy(y), 0);
    }
  }
}

// A slope is not told by the sign of what a leaky ReLU gave: of zero it has a gradient.
TEST(AddedGradientPlan, ARectifierWithASlopeGatesTheSumItself) {
  Draft draft(kPictures);
  const int x = First(draft);
  const int sum = draft.Add(KindNamed("sum"), {draft.Convolution(x, kWide, "C2"), x}, "S1");
  const int v = draft.Activation("leaky_relu", sum, "S1");
  const int y = draft.Convolution(v, kWide, "C3");
  const auto plan = draft.Finish(draft.Add(KindNamed("sum"), {y, v}, "S2"));
  const Placed fused(plan);
  EXPECT_TRUE(fused.WriterOf(y).adds_gradient);
  EXPECT_FALSE(fused.WriterOf(y).gate.positive);
  EXPECT_TRUE(fused.WriterOf(v).backward);
  ExpectAgreement(plan, {1, 17, 33});
}

// The one that comes last on the way back adds from a map of its own; those before it as they
// write.
TEST(AddedGradientPlan, WhereTheLastOneCannotAddTheRectifierGates) {
  Draft draft(kPictures);
  const int x = First(draft);
  const int v = ReluOfSum(draft, {draft.Convolution(x, kWide, "C2"), x}, "S1");
  const int strided = draft.Convolution(v, kHalving, "C3");
  const int y = draft.Convolution(v, kWide, "C4");
  const int z = draft.Convolution(draft.Add(KindNamed("sum"), {y, v}, "S2"), kHalving, "C5");
  const auto plan = draft.Finish(draft.Add(KindNamed("sum"), {strided, z}, "S3"));
  const Placed fused(plan);
  EXPECT_TRUE(fused.WriterOf(y).adds_gradient);
  EXPECT_FALSE(fused.WriterOf(y).gate.positive);
  EXPECT_FALSE(fused.WriterOf(strided).adds_gradient);
  EXPECT_GE(fused.AddedBy(strided), 0);
  EXPECT_TRUE(fused.WriterOf(v).backward);
  ExpectAgreement(plan, {1, 17, 33});
}

// A gradient that the convolution reads while it adds to another cannot lie in that one's map.
TEST(AddedGradientPlan, ASumOfAMapAndItsConvolution) {
  for (const bool rectified : {false, true}) {
    Draft draft(kPictures);
    int v = First(draft);
    if (rectified) v = draft.Relu(v, "C1");
    const int y = draft.Convolution(v, kWide, "C2");
    const auto plan = draft.Finish(draft.Add(KindNamed("sum"), {y, v}, "S1"));
    const Placed fused(plan);
    EXPECT_TRUE(fused.WriterOf(y).adds_gradient);
    EXPECT_NE(fused.layout.gradients[At(y)], fused.layout.gradients[At(v)]);
    ExpectAgreement(plan, {1, 17, 33});
  }
}

// What its readers normalize and rectify, the normalization gates: none of them has its sign.
TEST(AddedGradientPlan, OfAMapThatIsNotHeldTheNormalizationGates) {
  Draft draft(kPictures);
  const int norm = First(draft), v = draft.Relu(norm, "C1");
  const int a = draft.Convolution(v, kWide, "C2"), b = draft.Convolution(v, kWide, "C3");
  const auto plan = draft.Finish(draft.Add(KindNamed("sum"), {a, b}, "S1"));
  const Placed fused(plan);
  ASSERT_TRUE(fused.fused.rectified[At(v)]);
  EXPECT_TRUE(fused.WriterOf(norm).rectified_by_readers);
  EXPECT_TRUE(fused.WriterOf(a).adds_gradient);
  EXPECT_FALSE(fused.WriterOf(a).gate.positive);
  EXPECT_FALSE(fused.WriterOf(b).adds_gradient) << "it is the first on the way back";
  ExpectAgreement(plan, {1, 17, 33});
}

TEST(AddedGradientPlan, TheSameBitsForAnyNumberOfThreads) {
  Draft draft(kPictures);
  const int x = First(draft);
  const int v = ReluOfSum(draft, {draft.Convolution(x, kWide, "C2"), x}, "S1");
  const int y = draft.Norm("batch", draft.Convolution(v, kWide, "C3"), "C3");
  const auto plan = draft.Finish(ReluOfSum(draft, {y, v}, "S2"));
  ExpectTheSameBitsForAnyNumberOfThreads(plan);
}

}  // namespace
}  // namespace normlab
