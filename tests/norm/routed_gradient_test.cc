// A normalization that routes the gradient of a max pool behind it gives the bits of one whose pool
// writes the gradient of all pixels first: on every instruction set, for ugly sizes, where pixels
// of a window are equal, and where rows and columns are in no window.
#include <gtest/gtest.h>

#include <cmath>

#include "operations/fast/pooling.h"
#include "tests/norm_kind.h"
#include "tests/norm_names.h"
#include "tests/operations/reference_gradient.h"

namespace normlab {
namespace {

struct Setting {
  Simd simd = BestSimd();
  Shape shape{};
  int images = 1, groups = 1;
  bool rectified = false;
};

void FillMap(BlockTensor& map, int blocks, std::uint32_t seed, bool coarse) {
  const Shape& shape = map.shape();
  std::vector<double> values(shape.size() * kBlock);
  for (int block = 0; block < blocks; ++block) {
    reference::FillUniform(values, seed + static_cast<std::uint32_t>(block));
    auto value = values.begin();
    for (int c = 0; c < shape.channels; ++c) {
      for (int row = 0; row < shape.height; ++row) {
        float* at = map.block(block).at(c, row, 0);
        for (int i = 0; i < shape.width * kBlock; ++i) {
          const double given = *value++;
          at[i] = static_cast<float>(coarse ? std::round(3 * given) / 3 + 10 : given);
        }
      }
    }
  }
}

std::vector<float> PixelsOf(const BlockTensor& map, int blocks) {
  std::vector<float> values;
  for (int block = 0; block < blocks; ++block) {
    for (int c = 0; c < map.shape().channels; ++c) {
      for (int row = 0; row < map.shape().height; ++row) {
        const float* at = map.block(block).at(c, row, 0);
        values.insert(values.end(), at, at + map.shape().width * kBlock);
      }
    }
  }
  return values;
}

// A normalization that its readers compute, and a max pool, which alone reads it.
class NormAndPool {
 public:
  NormAndPool(const NormMethod& method, const Setting& s, bool routes)
      : s_(s),
        blocks_(BlocksFor(s.images)),
        rounds_(method.operation.rounds()),
        weight_(static_cast<std::size_t>(s.shape.channels)),
        bias_(weight_.size()),
        states_(2 * weight_.size(), 1.0f),
        weight_gradient_(weight_.size() * static_cast<std::size_t>(blocks_)),
        bias_gradient_(weight_gradient_.size()),
        x_(s.shape, blocks_, 0),
        affine_({s.shape.channels, 3, 1}, blocks_, 0),
        pooled_({s.shape.channels, s.shape.height / 2, s.shape.width / 2}, blocks_, 1),
        dpooled_(pooled_.shape(), blocks_, 0),
        dy_(s.shape, blocks_, 0),
        dx_(s.shape, blocks_, 0) {
    FillMap(x_, blocks_, 60, true);
    FillMap(dpooled_, blocks_, 70, false);
    for (std::size_t c = 0; c < weight_.size(); ++c) {
      weight_[c] = 0.5f - 0.3f * static_cast<float>(c);
      bias_[c] = 0.1f * static_cast<float>(c);
    }
    norm_ = method.operation.make_fast(PlacementOf(routes));
    pool_ = MakeMaxPool(s.simd, {.window = {{2, 2, 0}, {2, 2, 0}},
                                 .x = &x_,
                                 .y = &pooled_,
                                 .y_gradient = &dpooled_,
                                 .x_gradient = routes ? nullptr : &dy_,
                                 .affine = &affine_,
                                 .rectified = s.rectified});
    Run(routes);
  }

  std::vector<float> dx() const { return PixelsOf(dx_, blocks_); }
  const std::vector<float>& weight_gradient() const { return weight_gradient_; }
  const std::vector<float>& bias_gradient() const { return bias_gradient_; }

 private:
  Placement PlacementOf(bool routes) {
    Placement placement;
    placement.attributes = {
        {"groups", static_cast<double>(s_.groups)}, {"eps", 1e-3}, {"momentum", 0.1}};
    placement.simd = s_.simd;
    placement.max_blocks = blocks_;
    placement.inputs = {{&x_, nullptr, &dx_}};
    placement.output = {nullptr, &affine_, routes ? &dpooled_ : &dy_};
    placement.parameters = {weight_.data(), bias_.data()};
    placement.gradients = {{weight_gradient_.data(), weight_.size(), false},
                           {bias_gradient_.data(), weight_.size(), false}};
    placement.states = {states_.data(), states_.data() + weight_.size()};
    placement.counter = &batches_;
    placement.rectified_by_readers = s_.rectified;
    placement.pooled = routes ? &pooled_ : nullptr;
    return placement;
  }

  void Run(bool routes) {
    Batch batch;
    batch.count = s_.images;
    Pass pass;
    pass.batch = &batch;
    norm_->Begin(pass);
    for (int round = 0; round < rounds_.forward; ++round) {
      ForEachBlock([&](int block) { norm_->GatherForward(pass, block, round); });
      norm_->CombineForward(pass, round);
    }
    ForEachBlock([&](int block) {
      norm_->Forward(pass, block);
      pool_->Forward(pass, block);
      if (!routes) pool_->Backward(pass, block);
    });
    for (int round = 0; round < rounds_.backward; ++round) {
      ForEachBlock([&](int block) { norm_->GatherBackward(pass, block, round); });
      norm_->CombineBackward(pass, round);
    }
    ForEachBlock([&](int block) { norm_->Backward(pass, block); });
  }

  template <class Visit>
  void ForEachBlock(const Visit& visit) const {
    for (int block = 0; block < blocks_; ++block) visit(block);
  }

  const Setting s_;
  const int blocks_;
  const Rounds rounds_;
  std::vector<float> weight_, bias_, states_, weight_gradient_, bias_gradient_;
  std::int64_t batches_ = 0;
  BlockTensor x_, affine_, pooled_, dpooled_, dy_, dx_;
  std::unique_ptr<BlockOperation> norm_, pool_;
};

std::vector<NormMethod> MethodsThatRoute() {
  std::vector<NormMethod> methods;
  for (const NormMethod& method : MethodsWithStatistics()) {
    if (method.operation.traits.gates_affine) methods.push_back(method);
  }
  return methods;
}

class RoutedGradient : public testing::TestWithParam<NormMethod> {};

TEST_P(RoutedGradient, HasTheBitsOfOneThatThePoolWrites) {
  for (const Simd simd : SupportedSimd()) {
    for (const Shape& shape : {Shape{6, 5, 3}, Shape{2, 7, 4}, Shape{12, 2, 2}, Shape{4, 6, 8}}) {
      for (const int images : reference::kUglyBatches) {
        for (const bool rectified : {false, true}) {
          const int groups = KindOf(GetParam()) == NormKind::kGroup ? 2 : 1;
          const Setting s = {simd, shape, images, groups, rectified};
          const NormAndPool written(GetParam(), s, false), routed(GetParam(), s, true);
          SCOPED_TRACE(testing::Message()
                       << SimdName(simd) << ", " << shape.channels << "x" << shape.height << "x"
                       << shape.width << ", " << images << " images, rectified " << rectified);
          ASSERT_EQ(routed.dx(), written.dx());
          ASSERT_EQ(routed.weight_gradient(), written.weight_gradient());
          ASSERT_EQ(routed.bias_gradient(), written.bias_gradient());
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, RoutedGradient, testing::ValuesIn(MethodsThatRoute()),
                         [](const auto& info) { return TestName(info.param.name); });

}  // namespace
}  // namespace normlab
