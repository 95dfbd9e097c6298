// A convolution that rectifies while it stores stores what the rectifier makes of its values, bit
// for bit, by every algorithm, and hides no NaN.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "operations/fast/algorithm.h"
#include "operations/fast/convolution.h"

namespace normlab {
namespace {

// Direct sums of 1x1 and larger filters, one that Winograd's tiles compute where there are any,
// groups, and a filter a channel; rows that leave a rest of every width.
struct StoreCase {
  int kernel, inputs, outputs, height, width;
  int stride = 1, groups = 1;

  ConvolutionOptions options() const {
    return {.channels = outputs,
            .kernel = kernel,
            .padding = kernel / 2,
            .stride = stride,
            .groups = groups};
  }
};
const StoreCase kCases[] = {{1, 3, 7, 2, 5},        {3, 2, 13, 3, 6},     {3, 1, 3, 4, 7},
                            {3, 16, 15, 10, 11},    {5, 2, 5, 7, 9, 2},   {3, 4, 6, 6, 5, 1, 2},
                            {3, 3, 3, 5, 10, 1, 3}, {5, 2, 2, 9, 8, 2, 2}};

std::vector<float> StoredBy(Simd simd, const StoreCase& one, Store store, bool with_nan) {
  BlockTensor x({one.inputs, one.height, one.width}, 1, one.kernel / 2);
  BlockTensor y(one.options().Output(x.shape()), 1, 0);
  std::vector<float> weights(one.options().Weights(x.shape()));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = std::sin(0.7f * static_cast<float>(i + 1));
  }
  const BlockView view = x.block(0);
  for (int c = 0; c < one.inputs; ++c) {
    for (int row = 0; row < one.height; ++row) {
      for (int i = 0; i < one.width * kBlock; ++i) {
        view.at(c, row, 0)[i] = std::cos(static_cast<float>(i * i + 3 * row + c));
      }
    }
    if (with_nan) view.at(c, 1, 1)[4] = std::numeric_limits<float>::quiet_NaN();
  }
  ConvolutionPlan plan;
  plan.options = one.options();
  plan.store = store;
  plan.weights = weights.data();
  plan.x = &x;
  plan.y = &y;
  Workspace workspace;
  plan.workspace = &workspace;
  const auto convolution = MakeConvolution(simd, plan);
  workspace.Allocate(1);
  convolution->Begin({Mode::kEvaluate, nullptr, {}});
  convolution->Forward({}, 0);
  const float* from = y.block(0).origin;
  return {from, from + y.shape().size() * kBlock};
}

template <class Visit>
void ForEachStore(const Visit& visit) {
  for (const Simd simd : SupportedSimd()) {
    for (const StoreCase& one : kCases) {
      SCOPED_TRACE(testing::Message() << SimdName(simd) << ", " << one.kernel << "x" << one.kernel
                                      << ", " << one.inputs << " to " << one.outputs);
      visit(simd, one);
    }
  }
}

TEST(RectifiedStore, IsTheRectifierOfWhatIsStoredWithoutIt) {
  ASSERT_EQ(ForwardAlgorithm(Simd::kAvx2, kCases[3].options(), {16, 10, 11}), Algorithm::kWinograd);
  ASSERT_EQ(ForwardAlgorithm(Simd::kAvx2, kCases[2].options(), {1, 4, 7}), Algorithm::kDirect);
  ForEachStore([](Simd simd, const StoreCase& one) {
    const std::vector<float> plain = StoredBy(simd, one, {}, false);
    for (const float slope : {0.0f, 0.25f, 0.01f, 1.5f}) {
      const std::vector<float> stored = StoredBy(simd, one, {true, slope}, false);
      int negative = 0;
      for (std::size_t e = 0; e < plain.size(); ++e) {
        negative += plain[e] < 0;
        const float expected = plain[e] > 0 ? plain[e] : slope * plain[e];
        ASSERT_EQ(stored[e], expected) << "slope " << slope << ", value " << e;
      }
      EXPECT_GT(negative, static_cast<int>(plain.size()) / 8);
    }
  });
}

TEST(RectifiedStore, HidesNoNan) {
  ForEachStore([](Simd simd, const StoreCase& one) {
    const std::vector<float> plain = StoredBy(simd, one, {}, true);
    int nans = 0;
    for (const float slope : {0.0f, 0.25f}) {
      const std::vector<float> stored = StoredBy(simd, one, {true, slope}, true);
      for (std::size_t e = 0; e < plain.size(); ++e) {
        nans += std::isnan(plain[e]);
        ASSERT_EQ(std::isnan(stored[e]), std::isnan(plain[e])) << "slope " << slope;
      }
    }
    EXPECT_GE(nans, 2 * one.outputs);
  });
}

}  // namespace
}  // namespace normlab
