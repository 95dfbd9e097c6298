// What a convolution reads normalized, rectified or not, gives the bits that it gives of a map that
// holds the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "operations/fast/algorithm.h"
#include "operations/fast/convolution.h"

namespace normlab {
namespace {

constexpr int kBlocksOfMap = 2;

struct Given {
  std::vector<float> y, weight_gradient;
};

class ReadMap {
 public:
  ReadMap(const Shape& input, const ConvolutionOptions& options)
      : options_(options),
        x_(input, kBlocksOfMap, options.padding),
        stored_(input, kBlocksOfMap, options.padding),
        affine_({input.channels, 3, 1}, kBlocksOfMap, 0),
        y_(options.Output(input), kBlocksOfMap, 1),
        dy_(y_.shape(), kBlocksOfMap, options.GradientBorder()),
        weights_(options.Weights(input)) {
    float salt = 0;
    for (float& weight : weights_) weight = std::sin(salt += 0.7f);
    for (const BlockTensor* map : {&x_, &affine_, &dy_}) {
      ForEachPixel(*map, [&](float* lanes) {
        for (int i = 0; i < kBlock; ++i) lanes[i] = std::sin(salt += 1.3f);
      });
    }
  }

  // As a reader computes it, multiplications fused with additions where it fuses them.
  void Store(bool fused, bool rectified) {
    for (int block = 0; block < kBlocksOfMap; ++block) StoreBlock(block, fused, rectified);
  }

  Given OfStored(Simd simd) { return Run(simd, &stored_, nullptr, false); }
  Given OnTheWay(Simd simd, bool rectified) { return Run(simd, &x_, &affine_, rectified); }

 private:
  template <class Visit>
  static void ForEachPixel(const BlockTensor& map, const Visit& visit) {
    for (int block = 0; block < kBlocksOfMap; ++block) {
      const BlockView view = map.block(block);
      for (int c = 0; c < view.shape.channels; ++c) {
        for (int row = 0; row < view.shape.height; ++row) {
          for (int column = 0; column < view.shape.width; ++column) {
            visit(view.at(c, row, column));
          }
        }
      }
    }
  }

  void StoreBlock(int block, bool fused, bool rectified) {
    const BlockView x = x_.block(block), to = stored_.block(block), of = affine_.block(block);
    for (int c = 0; c < x.shape.channels; ++c) {
      for (int row = 0; row < x.shape.height; ++row) {
        for (int i = 0; i < x.shape.width * kBlock; ++i) {
          const int lane = i % kBlock;
          const float distance = x.at(c, row, 0)[i] - of.at(c, 0, 0)[lane];
          const float scale = of.at(c, 1, 0)[lane], bias = of.at(c, 2, 0)[lane];
          const float value = fused ? std::fma(distance, scale, bias) : distance * scale + bias;
          to.at(c, row, 0)[i] = rectified ? std::max(value, 0.0f) : value;
        }
      }
    }
  }

  Given Run(Simd simd, const BlockTensor* x, const BlockTensor* affine, bool rectified) {
    std::vector<float> gradient(weights_.size() * kBlocksOfMap);
    Workspace workspace;
    ConvolutionPlan plan;
    plan.options = options_;
    plan.weights = weights_.data();
    plan.x = x;
    plan.affine = affine;
    plan.rectified = rectified;
    plan.y = &y_;
    plan.y_gradient = &dy_;
    plan.weight_gradient = {gradient.data(), weights_.size(), false};
    plan.workspace = &workspace;
    const auto convolution = MakeConvolution(simd, plan);
    workspace.Allocate(1);
    Batch batch;
    batch.count = kBlock * kBlocksOfMap;
    const Pass pass{Mode::kTrain, &batch, {}};
    convolution->Begin(pass);
    for (int block = 0; block < kBlocksOfMap; ++block) {
      convolution->Forward(pass, block);
      convolution->WeightGradient(pass, block);
    }
    Given given = {{}, gradient};
    ForEachPixel(y_,
                 [&](const float* lanes) { given.y.insert(given.y.end(), lanes, lanes + kBlock); });
    return given;
  }

  ConvolutionOptions options_;
  BlockTensor x_, stored_, affine_, y_, dy_;
  std::vector<float> weights_;
};

TEST(ConvolutionReading, GivesTheBitsOfAStoredMap) {
  const ConvolutionOptions three = {.channels = 16, .kernel = 3, .padding = 1};
  const ConvolutionOptions grouped = {.channels = 24, .kernel = 3, .padding = 1, .groups = 2};
  const ConvolutionOptions pointwise = {.channels = 6, .kernel = 1, .padding = 0, .stride = 2};
  int read = 0;
  for (const Simd simd : SupportedSimd()) {
    for (const ConvolutionOptions& options : {three, grouped, pointwise}) {
      const Shape input = {24, 11, 13};  // no multiple of a tile
      if (!ReadsNormalized(simd, options, input)) continue;
      ++read;
      ReadMap map(input, options);
      for (const bool rectified : {false, true}) {
        SCOPED_TRACE(std::string(SimdName(simd)) + ", kernel " + std::to_string(options.kernel) +
                     (rectified ? ", rectified" : ""));
        map.Store(simd == Simd::kAvx2 || simd == Simd::kAvx512, rectified);
        const Given stored = map.OfStored(simd), on_the_way = map.OnTheWay(simd, rectified);
        EXPECT_EQ(stored.y, on_the_way.y);
        EXPECT_EQ(stored.weight_gradient, on_the_way.weight_gradient);
      }
    }
  }
  EXPECT_GE(read, 2) << "pointwise convolutions at least, scalar and another";
}

}  // namespace
}  // namespace normlab
