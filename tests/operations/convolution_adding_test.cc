// A convolution that adds its input's gradient to what others left, and gates the sum, gives the
// bits of the three steps one after the other.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "operations/fast/algorithm.h"
#include "operations/fast/convolution.h"

namespace normlab {
namespace {

constexpr int kBlocksAdded = 2;

class AddedMap {
 public:
  AddedMap(Simd simd, const Shape& input, const ConvolutionOptions& options)
      : simd_(simd),
        options_(options),
        x_(input, kBlocksAdded, options.padding),
        others_(input, kBlocksAdded, 1),
        y_(options.Output(input), kBlocksAdded, 0),
        dy_(y_.shape(), kBlocksAdded, options.GradientBorder()),
        weights_(options.Weights(input)) {
    for (float& weight : weights_) weight = Next();
    for (const BlockTensor* map : {&x_, &others_, &dy_}) {
      ForEachValue(*map, [&](float& value) { value = Next(); });
    }
    // As a ReLU leaves them: many zeros, of either sign.
    ForEachValue(x_,
                 [&](float& value) { value = value > 0 ? value : std::copysign(0.0f, Next()); });
  }

  // Of x, channel by channel.
  std::vector<float> Added(const Gate& gate) { return Run(others_, true, gate); }

  std::vector<float> OneAfterTheOther(const Gate& gate) {
    const BlockTensor own(x_.shape(), kBlocksAdded, 3);
    std::vector<float> sum = Run(own, false, {});
    std::vector<float> others, x;
    ForEachValue(others_, [&](float value) { others.push_back(value); });
    ForEachValue(x_, [&](float value) { x.push_back(value); });
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] = others[i] + sum[i];
      if (gate.positive) sum[i] = x[i] > 0 ? sum[i] * gate.scale : 0.0f;
    }
    return sum;
  }

 private:
  float Next() { return std::sin(salt_ += 1.3f); }

  template <class Visit>
  static void ForEachValue(const BlockTensor& map, const Visit& visit) {
    for (int block = 0; block < kBlocksAdded; ++block) {
      const BlockView view = map.block(block);
      for (int c = 0; c < view.shape.channels; ++c) {
        for (int row = 0; row < view.shape.height; ++row) {
          for (int i = 0; i < view.shape.width * kBlock; ++i) visit(view.at(c, row, 0)[i]);
        }
      }
    }
  }

  std::vector<float> Run(const BlockTensor& dx, bool adds, const Gate& gate) {
    std::vector<float> gradient(weights_.size() * kBlocksAdded);
    Workspace workspace;
    ConvolutionPlan plan;
    plan.options = options_;
    plan.weights = weights_.data();
    plan.x = &x_;
    plan.y = &y_;
    plan.y_gradient = &dy_;
    plan.x_gradient = &dx;
    plan.adds_gradient = adds;
    plan.gate = gate;
    plan.weight_gradient = {gradient.data(), weights_.size(), false};
    plan.workspace = &workspace;
    const auto convolution = MakeConvolution(simd_, plan);
    workspace.Allocate(1);
    Batch batch;
    batch.count = kBlock * kBlocksAdded;
    const Pass pass{Mode::kTrain, &batch, {}};
    convolution->Begin(pass);
    for (int block = 0; block < kBlocksAdded; ++block) convolution->Backward(pass, block);
    std::vector<float> values;
    ForEachValue(dx, [&](float value) { values.push_back(value); });
    return values;
  }

  Simd simd_;
  ConvolutionOptions options_;
  BlockTensor x_, others_, y_, dy_;
  std::vector<float> weights_;
  float salt_ = 0;
};

// Maps that are no multiple of a tile, one of whole tiles, groups.
TEST(ConvolutionAdding, GivesTheBitsOfAnAdditionAndAGate) {
  int added = 0;
  for (const Simd simd : SupportedSimd()) {
    for (const Shape& input : {Shape{24, 11, 13}, Shape{16, 8, 8}, Shape{24, 9, 6}}) {
      for (const int groups : {1, 2}) {
        const ConvolutionOptions options = {
            .channels = 24, .kernel = 3, .padding = 1, .groups = groups};
        if (!AddsGradient(simd, options, input)) continue;
        for (const Gate& gate : {Gate{}, Gate{true, 1.0f, 0.0f}, Gate{true, 1.25f, 0.0f}}) {
          SCOPED_TRACE(testing::Message()
                       << SimdName(simd) << ", " << input.channels << "x" << input.height << "x"
                       << input.width << ", " << groups << " groups, gate " << gate.positive
                       << " x " << gate.scale);
          const std::vector<float> expected = AddedMap(simd, input, options).OneAfterTheOther(gate);
          EXPECT_EQ(AddedMap(simd, input, options).Added(gate), expected);
          ++added;
        }
      }
    }
  }
  EXPECT_GT(added, 0) << "no instruction set here has a convolution that adds";
}

TEST(ConvolutionAdding, OnlyWhereTheGradientIsWinograds) {
  const Shape input = {16, 16, 16};
  const ConvolutionOptions three = {.channels = 16, .kernel = 3, .padding = 1};
  EXPECT_TRUE(AddsGradient(Simd::kAvx2, three, input));
  EXPECT_TRUE(AddsGradient(Simd::kAvx512, three, input));
  EXPECT_FALSE(AddsGradient(Simd::kSse4, three, input));
  for (const ConvolutionOptions& options :
       {ConvolutionOptions{.channels = 16, .kernel = 3, .padding = 1, .stride = 2},
        ConvolutionOptions{.channels = 16, .kernel = 1, .padding = 0},
        ConvolutionOptions{.channels = 16, .kernel = 5, .padding = 2},
        ConvolutionOptions{.channels = 16, .kernel = 3, .padding = 1, .groups = 16}}) {
    EXPECT_FALSE(AddsGradient(Simd::kAvx512, options, input));
  }
}

}  // namespace
}  // namespace normlab
