// Each fast normalization alone against its plain twin: forward, backward, running statistics,
// evaluation, on every instruction set; what a network reads on the way and what it stores.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "norm/reference/norm.h"
#include "tests/norm_kind.h"
#include "tests/norm_names.h"
#include "tests/operations/reference_gradient.h"

namespace normlab {
namespace {

using reference::Tensor;

constexpr double kEps = 1e-3, kMomentum = 0.3;

struct Situation {
  int images = 17;
  Shape shape{6, 5, 3};
  int groups = 1;
  double shift = 0;
  bool constant_channel = false;  // channel 1 holds one value in all images
  bool on_the_way = false;        // no map holds y; where the method can
  bool rectified = false;         // with that: its readers see a ReLU of y
  bool gated = false;             // x is what a rectifier of this slope left
  float slope = 0;
  Mode mode = Mode::kTrain;
  Simd simd = BestSimd();
};

// What a normalization gives, whichever engine computed it.
struct Result {
  std::vector<double> y, dx, weight_gradient, bias_gradient, running_mean, running_var, statistics;
  std::int64_t batches = 0;
};

// The same inputs for both engines, exact in float32.
class Inputs {
 public:
  Inputs(const NormMethod& method, const Situation& s)
      : x(reference::UniformTensor(s.images, s.shape, 50)),
        dy(reference::UniformTensor(s.images, s.shape, 51)) {
    std::size_t size = 1;
    for (const int extent : AffineExtents(method, s.shape))
      size *= static_cast<std::size_t>(extent);
    weight.resize(size);
    bias.resize(size);
    running_mean.resize(static_cast<std::size_t>(s.shape.channels));
    running_var.resize(running_mean.size());
    reference::FillUniform(weight, 52, 0.5, 1.5);
    reference::FillUniform(bias, 53);
    reference::FillUniform(running_mean, 54);
    reference::FillUniform(running_var, 55, 0.5, 2);
    for (double& value : x.values)
      value = s.gated && value + s.shift < 0 ? s.slope * (value + s.shift) : value + s.shift;
    for (int n = 0; n < s.images && s.constant_channel && s.shape.channels > 1; ++n) {
      std::fill_n(x.plane(n, 1), s.shape.pixels(), 0.75 + s.shift);
    }
    for (auto* values : {&x.values, &dy.values, &weight, &bias, &running_mean, &running_var}) {
      for (double& value : *values) value = static_cast<float>(value);
    }
  }
  Tensor<double> x, dy;
  std::vector<double> weight, bias, running_mean, running_var;
};

template <typename T>
std::vector<T> As(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}
template <typename T>
std::vector<double> ToDouble(const std::vector<T>& values) {
  return {values.begin(), values.end()};
}

constexpr float kGateScale = 1.25f;

template <typename T>
Result Plain(const NormMethod& method, const Situation& s) {
  const Inputs in(method, s);
  std::vector<T> weight = As<T>(in.weight), bias = As<T>(in.bias), mean = As<T>(in.running_mean),
                 variance = As<T>(in.running_var), dweight(weight.size()), dbias(bias.size());
  Result result;
  result.statistics.resize(2 * mean.size());
  reference::NormOptions<T> options;
  options.groups = s.groups;
  options.eps = kEps;
  options.momentum = kMomentum;
  options.weight = weight.data();
  options.bias = method.has_bias ? bias.data() : nullptr;
  options.gradient = {dweight.data(), method.has_bias ? dbias.data() : nullptr};
  options.running_mean = mean.data();
  options.running_variance = variance.data();
  options.batches_tracked = &result.batches;
  options.batch_statistics = result.statistics.data();
  const auto norm = reference::MakeNorm(method, options);
  Tensor<T> x(s.images, s.shape), y(s.images, s.shape), dy(s.images, s.shape),
      dx(s.images, s.shape);
  x.values = As<T>(in.x.values);
  dy.values = As<T>(in.dy.values);
  reference::Pass pass;
  pass.training = s.mode == Mode::kTrain;
  pass.batch_statistics = s.mode == Mode::kEvaluateOnBatch;
  norm->Forward(pass, x, y);
  for (std::size_t e = 0; s.rectified && e < y.values.size(); ++e) {
    if (y.values[e] <= 0) dy.values[e] = 0;
  }
  if (pass.training) norm->Backward(pass, x, y, dy, &dx);
  if (pass.training) norm->UpdateStates();
  for (std::size_t e = 0; s.gated && e < dx.values.size(); ++e) {
    dx.values[e] *= static_cast<T>(x.values[e] > 0 ? kGateScale : kGateScale * s.slope);
  }
  result.y = ToDouble(y.values);
  result.dx = ToDouble(dx.values);
  result.weight_gradient = ToDouble(dweight);
  result.bias_gradient = ToDouble(dbias);
  result.running_mean = ToDouble(mean);
  result.running_var = ToDouble(variance);
  return result;
}

// A value of a map in blocks.
float& At(const BlockTensor& map, int image, int c, int row, int column) {
  return map.block(image / kBlock).at(c, row, column)[image % kBlock];
}

template <class Visit>
void ForEachValue(const Situation& s, const Visit& visit) {
  std::size_t e = 0;
  for (int n = 0; n < s.images; ++n) {
    for (int c = 0; c < s.shape.channels; ++c) {
      for (int row = 0; row < s.shape.height; ++row) {
        for (int column = 0; column < s.shape.width; ++column) visit(e++, n, c, row, column);
      }
    }
  }
}

// The operation as FastNetwork would run it, on maps of its own.
class Fast {
 public:
  Fast(const NormMethod& method, const Situation& s)
      : s_(s),
        blocks_(BlocksFor(s.images)),
        in_(method, s),
        weight_(As<float>(in_.weight)),
        bias_(As<float>(in_.bias)),
        mean_(As<float>(in_.running_mean)),
        variance_(As<float>(in_.running_var)),
        weight_gradient_(weight_.size() * static_cast<std::size_t>(blocks_)),
        bias_gradient_(weight_gradient_.size()),
        x_(s.shape, blocks_, 0),
        y_(s.shape, blocks_, 1),
        affine_({s.shape.channels, 3, 1}, blocks_, 0),
        dy_(s.shape, blocks_, 0),
        dx_(s.shape, blocks_, 1) {
    result_.statistics.resize(2 * mean_.size());
    ForEachValue(s, [&](std::size_t e, int n, int c, int row, int column) {
      At(x_, n, c, row, column) = static_cast<float>(in_.x.values[e]);
      At(dy_, n, c, row, column) = static_cast<float>(in_.dy.values[e]);
    });
    operation_ = method.operation.make_fast(PlacementOf(method));
  }

  Result Run() {
    Batch batch;
    batch.count = s_.images;
    Pass pass;
    pass.mode = s_.mode;
    pass.batch = &batch;
    operation_->Begin(pass);
    const int rounds = s_.mode == Mode::kEvaluate ? 0 : rounds_.forward;
    for (int round = 0; round < rounds; ++round) {
      for (int block = 0; block < blocks_; ++block) operation_->GatherForward(pass, block, round);
      operation_->CombineForward(pass, round);
    }
    for (int block = 0; block < blocks_; ++block) operation_->Forward(pass, block);
    if (s_.mode == Mode::kTrain) {
      Backward(pass);
      operation_->UpdateStates(pass);
    }
    Collect();
    return result_;
  }

 private:
  Placement PlacementOf(const NormMethod& method) {
    rounds_ = method.operation.rounds();
    Placement placement;
    placement.attributes = {
        {"groups", static_cast<double>(s_.groups)}, {"eps", kEps}, {"momentum", kMomentum}};
    placement.simd = s_.simd;
    placement.max_blocks = blocks_;
    placement.inputs = {{&x_, nullptr, &dx_}};
    placement.output = {s_.on_the_way ? nullptr : &y_, s_.on_the_way ? &affine_ : nullptr, &dy_};
    placement.parameters = {weight_.data()};
    placement.gradients = {{weight_gradient_.data(), weight_.size(), false}};
    if (method.has_bias) {
      placement.parameters.push_back(bias_.data());
      placement.gradients.push_back({bias_gradient_.data(), bias_.size(), false});
    }
    if (method.running_statistics) {
      placement.states = {mean_.data(), variance_.data()};
      placement.counter = &result_.batches;
      placement.batch_statistics = result_.statistics.data();
    }
    if (s_.gated) placement.gate = {true, kGateScale, s_.slope};
    placement.rectified_by_readers = s_.rectified;
    return placement;
  }

  void Backward(const Pass& pass) {
    for (int round = 0; round < rounds_.backward; ++round) {
      for (int block = 0; block < blocks_; ++block) operation_->GatherBackward(pass, block, round);
      operation_->CombineBackward(pass, round);
    }
    for (int block = 0; block < blocks_; ++block) operation_->Backward(pass, block);
  }

  void Collect() {
    result_.y.resize(in_.x.values.size());
    result_.dx.resize(result_.y.size());
    ForEachValue(s_, [&](std::size_t e, int n, int c, int row, int column) {
      const float mean = At(affine_, n, c, 0, 0), scale = At(affine_, n, c, 1, 0);
      result_.y[e] = s_.on_the_way
                         ? (At(x_, n, c, row, column) - mean) * scale + At(affine_, n, c, 2, 0)
                         : At(y_, n, c, row, column);
      result_.dx[e] = At(dx_, n, c, row, column);
    });
    result_.weight_gradient = SumOfBlocks(weight_gradient_);
    result_.bias_gradient = SumOfBlocks(bias_gradient_);
    result_.running_mean = ToDouble(mean_);
    result_.running_var = ToDouble(variance_);
  }

  std::vector<double> SumOfBlocks(const std::vector<float>& partial) const {
    std::vector<double> sum(weight_.size());
    for (std::size_t i = 0; i < partial.size(); ++i) sum[i % sum.size()] += partial[i];
    return sum;
  }

  const Situation s_;
  const int blocks_;
  const Inputs in_;
  std::vector<float> weight_, bias_, mean_, variance_, weight_gradient_, bias_gradient_;
  BlockTensor x_, y_, affine_, dy_, dx_;
  Result result_;
  Rounds rounds_;
  std::unique_ptr<BlockOperation> operation_;
};

double Largest(const std::vector<double>& values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

// Within 2e-5 of the largest value: a float32 sum of up to 600 terms in 16 lanes loses less, and
// what float32 costs the plain engine is granted four times.
void ExpectClose(const std::string& what, const std::vector<double>& fast,
                 const std::vector<double>& plain, const std::vector<double>& exact) {
  double granted = 2e-5 * Largest(exact) + 1e-6;
  for (std::size_t e = 0; e < exact.size(); ++e) {
    granted = std::max(granted, 4 * std::abs(plain[e] - exact[e]));
  }
  for (std::size_t e = 0; e < exact.size(); ++e) {
    ASSERT_NEAR(fast[e], exact[e], granted) << what << " " << e;
  }
}

void ExpectFollowsTheTwin(const NormMethod& method, const Situation& s) {
  SCOPED_TRACE(testing::Message() << method.name << " of " << s.groups << ", " << SimdName(s.simd)
                                  << ", " << s.images << "x" << s.shape.channels << "x"
                                  << s.shape.height << "x" << s.shape.width << ", shift " << s.shift
                                  << (s.constant_channel ? ", constant channel" : "")
                                  << (s.on_the_way ? ", on the way" : "")
                                  << (s.rectified ? ", rectified" : "")
                                  << (s.gated ? ", gated, slope " + std::to_string(s.slope) : "")
                                  << ", mode " << static_cast<int>(s.mode));
  const Result exact = Plain<double>(method, s), plain = Plain<float>(method, s);
  const Result fast = Fast(method, s).Run();
  ExpectClose("y", fast.y, plain.y, exact.y);
  ExpectClose("running mean", fast.running_mean, plain.running_mean, exact.running_mean);
  ExpectClose("running variance", fast.running_var, plain.running_var, exact.running_var);
  ExpectClose("statistic", fast.statistics, plain.statistics, exact.statistics);
  EXPECT_EQ(fast.batches, exact.batches);
  EXPECT_EQ(fast.batches, s.mode == Mode::kTrain && method.running_statistics ? 1 : 0);
  if (s.mode != Mode::kTrain) return;
  ExpectClose("dx", fast.dx, plain.dx, exact.dx);
  ExpectClose("weight's gradient", fast.weight_gradient, plain.weight_gradient,
              exact.weight_gradient);
  if (method.has_bias) {
    ExpectClose("bias' gradient", fast.bias_gradient, plain.bias_gradient, exact.bias_gradient);
  }
  EXPECT_GT(Largest(exact.weight_gradient), 0) << "nothing was compared";
}

// Channels, rows and columns differ, and none is a multiple of a block or a vector.
const Shape kShapes[] = {{6, 5, 3}, {12, 1, 2}, {2, 7, 4}};

class FastNorm : public testing::TestWithParam<NormMethod> {
 protected:
  // Calls visit for what every test walks over: instruction sets, groups that differ from one and
  // from the channels, y stored and read on the way.
  template <class Visit>
  void ForEach(const Shape& shape, const Visit& visit) {
    for (const Simd simd : SupportedSimd()) {
      for (const int groups : {1, 2, 3, 6}) {
        const bool grouped = KindOf(GetParam()) == NormKind::kGroup;
        if (grouped ? shape.channels % groups != 0 : groups != 1) continue;
        for (const bool on_the_way : {false, true}) {
          if (on_the_way && !GetParam().constant_over_a_channel()) continue;
          Situation s;
          s.shape = shape;
          s.simd = simd;
          s.groups = groups;
          s.on_the_way = on_the_way;
          visit(s);
          s.rectified = on_the_way && GetParam().operation.traits.gates_affine;
          if (s.rectified) visit(s);
        }
      }
    }
  }
};

TEST_P(FastNorm, FollowsTheTwinForUglySizes) {
  for (const Shape& shape : kShapes) {
    ForEach(shape, [&](Situation s) {
      for (const int images : reference::kUglyBatches) {
        s.images = images;
        ExpectFollowsTheTwin(GetParam(), s);
      }
    });
  }
}

TEST_P(FastNorm, FollowsTheTwinForShiftedValuesAndConstantChannels) {
  ForEach({6, 5, 3}, [&](Situation s) {
    for (const double shift : {0.0, 10.0}) {
      for (const bool constant : {false, true}) {
        s.shift = shift;
        s.constant_channel = constant;
        ExpectFollowsTheTwin(GetParam(), s);
      }
    }
  });
}

TEST_P(FastNorm, FollowsTheTwinBehindARectifier) {
  ForEach({6, 5, 3}, [&](Situation s) {
    s.gated = true;
    s.images = 33;
    for (const float slope : {0.0f, 0.25f}) {
      s.slope = slope;
      ExpectFollowsTheTwin(GetParam(), s);
    }
  });
}

TEST_P(FastNorm, FollowsTheTwinInEvaluation) {
  ForEach({6, 5, 3}, [&](Situation s) {
    for (const Mode mode : {Mode::kEvaluate, Mode::kEvaluateOnBatch}) {
      for (const int images : reference::kUglyBatches) {
        s.images = images;
        s.mode = mode;
        ExpectFollowsTheTwin(GetParam(), s);
      }
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Registry, FastNorm, testing::ValuesIn(MethodsWithStatistics()),
                         [](const auto& info) { return TestName(info.param.name); });

}  // namespace
}  // namespace normlab
