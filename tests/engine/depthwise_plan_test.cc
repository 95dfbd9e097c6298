// The depthwise convolution inside a plan: both gradients from one visit, what it reads normalized
// on the way, the maps' borders, several threads.
#include <gtest/gtest.h>

#include "base/at.h"
#include "engine/fast/fusion.h"
#include "tests/engine/draft.h"
#include "tests/engine/follow_twin.h"

namespace normlab {
namespace {

int AddDepthwise(Draft& draft, int x, const std::string& layer, int kernel, int stride,
                 int application = 1) {
  const int channels = draft.shape(x).channels;
  return draft.Convolution(x,
                           {.channels = channels,
                            .kernel = kernel,
                            .padding = kernel / 2,
                            .stride = stride,
                            .groups = channels,
                            .bias = true},
                           layer, nullptr, application);
}

void ExpectTheTwin(const std::shared_ptr<const Plan>& plan) {
  for (const int batch : {1, 15, 16, 17, 33}) {
    for (const Simd simd : SupportedSimd()) {
      Case c;
      c.batch = batch;
      c.simd = simd;
      c.threads = batch > 16 ? 2 : 1;
      SCOPED_TRACE(Describe(c));
      const Differences differences = CompareEngines(c, plan);
      EXPECT_EQ(differences.text(), "");
      EXPECT_EQ(differences.dead(), 0);
    }
  }
}

TEST(DepthwisePlan, OfTheImages) {
  Draft draft;
  ExpectTheTwin(draft.Finish(draft.Relu(AddDepthwise(draft, draft.images(), "D1", 3, 1), "D1")));
}

// MobileNet's order: normalized, then the ReLU, which the next one reads as a map.
TEST(DepthwisePlan, BetweenConvolutions) {
  for (const int kernel : {3, 5, 7}) {
    for (const int stride : {1, 2}) {
      SCOPED_TRACE(testing::Message() << kernel << ", stride " << stride);
      Draft draft;
      int x = draft.Convolution(draft.images(), 6, "C1");
      x = draft.Relu(draft.Norm("batch", x, "C1"), "C1");
      x = AddDepthwise(draft, x, "D2", kernel, stride);
      x = draft.Relu(draft.Norm("batch", x, "D2"), "D2");
      ExpectTheTwin(draft.Finish(draft.Convolution(x, 5, "C3", 1)));
    }
  }
}

TEST(DepthwisePlan, OfANormalizationThatNoMapHolds) {
  for (const char* norm : {"batch", "group", "instance"}) {
    for (const int stride : {1, 2}) {
      SCOPED_TRACE(testing::Message() << norm << ", stride " << stride);
      Draft draft;
      const int c = draft.Relu(draft.Convolution(draft.images(), 6, "C1"), "C1");
      const int normalized = draft.Norm(norm, c, "C1");
      const int x = draft.Relu(AddDepthwise(draft, normalized, "D2", 3, stride), "D2");
      const auto plan = draft.Finish(x);
      ASSERT_TRUE(Fuse(*plan, BestSimd()).affine[At(normalized)]);
      ExpectTheTwin(plan);
    }
  }
}

TEST(DepthwisePlan, AppliedTwice) {
  Draft draft;
  int x = draft.Relu(draft.Convolution(draft.images(), 6, "C1"), "C1");
  x = draft.Relu(AddDepthwise(draft, x, "D2", 3, 1), "D2");
  x = AddDepthwise(draft, x, "D2", 3, 1, 2);
  ExpectTheTwin(draft.Finish(x));
}

}  // namespace
}  // namespace normlab
