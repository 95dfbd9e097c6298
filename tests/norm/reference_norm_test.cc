#include "norm/reference/norm.h"

#include <map>
#include <numeric>

#include "base/error.h"
#include "tests/norm_kind.h"
#include "tests/norm_names.h"
#include "tests/operations/reference_gradient.h"

namespace normlab::reference {
namespace {

// A normalization with storage of its own for everything that it points to.
struct Bench {
  Bench(NormKind kind, Shape shape, int groups, double eps = 1e-5)
      : running_mean(shape.channels, 0), running_variance(shape.channels, 1) {
    const NormMethod& method = MethodOf(kind);
    std::size_t size = method.affine == AffineKind::kNone ? 0 : 1;
    for (const int extent : AffineExtents(method, shape)) size *= extent;
    for (auto* values : {&weight, &weight_gradient}) values->resize(size);
    for (auto* values : {&bias, &bias_gradient}) values->resize(method.has_bias ? size : 0);
    FillUniform(weight, 31, 0.5, 1.5);
    FillUniform(bias, 32);
    NormOptions<double> options;
    options.groups = groups;
    options.eps = eps;
    options.weight = weight.data();
    options.bias = method.has_bias ? bias.data() : nullptr;
    options.gradient = {weight_gradient.data(), method.has_bias ? bias_gradient.data() : nullptr};
    options.running_mean = running_mean.data();
    options.running_variance = running_variance.data();
    options.batches_tracked = &batches_tracked;
    norm = MakeNorm(MethodOf(kind), options);
  }

  Tensor<double> Forward(const Tensor<double>& x, bool training = true) {
    Tensor<double> y(x.images, x.shape);
    norm->Forward({training, {}, nullptr}, x, y);
    if (training) norm->UpdateStates();
    return y;
  }

  std::vector<double> weight, bias, weight_gradient, bias_gradient;  // empty where there is none
  std::vector<double> running_mean, running_variance;
  std::int64_t batches_tracked = 0;
  std::unique_ptr<Operation<double>> norm;
};

void MakeAffineTrivial(Bench& bench) {
  bench.weight.assign(bench.weight.size(), 1);
  bench.bias.assign(bench.bias.size(), 0);
}

// Which set a value is in, from the table in norm/norm.h's comment and not from the code.
int SetOf(NormKind kind, const Tensor<double>& x, int groups, int n, int c, int pixel) {
  switch (kind) {
    case NormKind::kBatch:
      return c;
    case NormKind::kLayer:
    case NormKind::kLayerElementwise:
    case NormKind::kRms:
      return n;
    case NormKind::kLayerChannels:
      return n * static_cast<int>(x.shape.pixels()) + pixel;
    case NormKind::kGroup:
      return n * groups + c * groups / x.shape.channels;
    case NormKind::kInstance:
      return n * x.shape.channels + c;
    case NormKind::kNone:
      break;
  }
  ADD_FAILURE() << "no sets";
  return 0;
}

std::map<int, std::vector<std::size_t>> Sets(NormKind kind, const Tensor<double>& x, int groups) {
  std::map<int, std::vector<std::size_t>> sets;
  for (int n = 0; n < x.images; ++n) {
    for (int c = 0; c < x.shape.channels; ++c) {
      const std::size_t first = x.plane(n, c) - x.values.data();
      for (int e = 0; e < static_cast<int>(x.shape.pixels()); ++e) {
        sets[SetOf(kind, x, groups, n, c, e)].push_back(first + e);
      }
    }
  }
  return sets;
}

double MeanOver(const std::vector<std::size_t>& set, const std::vector<double>& values) {
  double sum = 0;
  for (const std::size_t e : set) sum += values[e];
  return sum / static_cast<double>(set.size());
}

double MeanProductOver(const std::vector<std::size_t>& set, const std::vector<double>& a,
                       const std::vector<double>& b) {
  double sum = 0;
  for (const std::size_t e : set) sum += a[e] * b[e];
  return sum / static_cast<double>(set.size());
}

std::string Name(const NormMethod& method, int images, const Shape& shape) {
  return std::string(method.name) + ", " + std::to_string(images) + "x" +
         std::to_string(shape.channels) + "x" + std::to_string(shape.height) + "x" +
         std::to_string(shape.width);
}

const Shape kShapes[] = {{4, 3, 5}, {6, 5, 2}, {2, 1, 3}};

class EveryNorm : public testing::TestWithParam<NormMethod> {
 protected:
  void ExpectNormGradients(Tensor<double>& x, int groups, const std::string& what, double step,
                           double tolerance) {
    Bench bench(KindOf(GetParam()), x.shape, groups);
    GradientCheck check;
    check.step = step;
    check.tolerance = tolerance;
    check.parameters = {bench.weight, bench.bias};
    check.gradients = {bench.weight_gradient, bench.bias_gradient};
    ExpectGradients(Name(GetParam(), x.images, x.shape) + what, *bench.norm, x, check);
  }
};

class EveryStatistic : public testing::TestWithParam<NormMethod> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryStatistic, testing::ValuesIn(MethodsWithStatistics()),
                         [](const auto& info) { return TestName(info.param.name); });

TEST_P(EveryNorm, Gradients) {
  for (const int images : kUglyBatches) {
    for (const Shape shape : kShapes) {
      Tensor<double> x = UniformTensor(images, shape, 33);
      ExpectNormGradients(x, 2, "", 1e-5, 1e-6);
      for (double& value : x.values) value += 10;
      ExpectNormGradients(x, 2, ", shifted by 10", 1e-5, 1e-6);
    }
  }
}

// One channel constant over all images: where it is a set of its own, s = sqrt(eps), so the step
// must be small beside 0.003.
TEST_P(EveryNorm, GradientsWithAConstantChannel) {
  for (const int images : kUglyBatches) {
    Tensor<double> x = UniformTensor(images, {4, 3, 5}, 34);
    for (int n = 0; n < images; ++n) std::fill_n(x.plane(n, 1), x.shape.pixels(), 3.0);
    ExpectNormGradients(x, 4, ", constant channel", 1e-7, 1e-6);
  }
}

// What takes the variance's place where nothing is subtracted is the mean square.
double Variance(const NormMethod& method, const std::vector<std::size_t>& set,
                const std::vector<double>& x) {
  const double mean = method.centered ? MeanOver(set, x) : 0;
  return MeanProductOver(set, x, x) - mean * mean;
}

TEST_P(EveryStatistic, SetsHaveMeanZeroAndVarianceOneUpToEps) {
  const Tensor<double> x = UniformTensor(17, {6, 5, 3}, 35, 9, 12);
  Bench bench(KindOf(GetParam()), x.shape, 3);
  MakeAffineTrivial(bench);
  const Tensor<double> y = bench.Forward(x);
  for (const auto& [number, set] : Sets(KindOf(GetParam()), x, 3)) {
    const double variance = Variance(GetParam(), set, x.values);
    if (GetParam().centered) {
      EXPECT_NEAR(MeanOver(set, y.values), 0, 1e-12) << number;
    }
    EXPECT_NEAR(MeanProductOver(set, y.values, y.values), variance / (variance + 1e-5), 1e-10);
  }
}

// mean_S(dx) = 0 where the mean is subtracted, and mean_S(dx xh) = (1/s) mean_S(g xh) eps / (var +
// eps)
TEST_P(EveryStatistic, InputGradientIsOrthogonalToShiftAndScaleOfItsSet) {
  const double eps = 0.1;  // large, so that the second identity is not 0 = 0
  const Tensor<double> x = UniformTensor(15, {4, 3, 5}, 36), dy = UniformTensor(15, {4, 3, 5}, 37);
  Bench bench(KindOf(GetParam()), x.shape, 2, eps);
  MakeAffineTrivial(bench);
  const Tensor<double> xh = bench.Forward(x);
  Tensor<double> dx(15, x.shape);
  bench.norm->Backward({true, {}, nullptr}, x, xh, dy, &dx);
  for (const auto& [number, set] : Sets(KindOf(GetParam()), x, 2)) {
    const double variance = Variance(GetParam(), set, x.values);
    if (GetParam().centered) {
      EXPECT_NEAR(MeanOver(set, dx.values), 0, 1e-14) << number;
    }
    const double expected = MeanProductOver(set, dy.values, xh.values) / std::sqrt(variance + eps) *
                            eps / (variance + eps);
    EXPECT_NEAR(MeanProductOver(set, dx.values, xh.values), expected, 1e-12) << number;
  }
}

TEST_P(EveryStatistic, DoesNotSeeAScaleAndIfCenteredAShiftOfItsInput) {
  const Tensor<double> x = UniformTensor(16, {4, 3, 5}, 38);
  Tensor<double> moved = x;
  for (double& value : moved.values) value = 3 * value + (GetParam().centered ? 10 : 0);
  Bench bench(KindOf(GetParam()), x.shape, 2, 1e-14);
  const Tensor<double> y = bench.Forward(x), y_moved = bench.Forward(moved);
  for (std::size_t e = 0; e < y.values.size(); ++e) {
    ASSERT_NEAR(y.values[e], y_moved.values[e], 1e-10);
  }
}

// What the registry says of each method is what its twin does.
TEST_P(EveryNorm, ImagesMeetAndStatisticsRunWhereTheRegistrySaysSo) {
  Tensor<double> x = UniformTensor(5, {4, 3, 5}, 39);
  Bench bench(KindOf(GetParam()), x.shape, 2);
  const Tensor<double> before = bench.Forward(x);
  for (std::size_t e = 0; e < x.shape.size(); ++e) x.image(4)[e] *= 2;
  const Tensor<double> after = bench.Forward(x);
  const bool first_changed = !std::equal(before.image(0), before.image(1), after.image(0));
  EXPECT_EQ(first_changed, GetParam().pools_images);
  EXPECT_EQ(bench.running_mean[0] != 0, GetParam().running_statistics);
  EXPECT_EQ(bench.batches_tracked, GetParam().running_statistics ? 2 : 0);
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryNorm, testing::ValuesIn(MomentsMethods()),
                         [](const auto& info) { return TestName(info.param.name); });

std::vector<double> OutputAndGradient(Bench& bench, const Tensor<double>& x) {
  const Tensor<double> y = bench.Forward(x), dy = UniformTensor(x.images, x.shape, 40);
  Tensor<double> dx(x.images, x.shape);
  bench.norm->Backward({true, {}, nullptr}, x, y, dy, &dx);
  std::vector<double> all = y.values;
  for (const auto* more : {&dx.values, &bench.weight_gradient, &bench.bias_gradient}) {
    all.insert(all.end(), more->begin(), more->end());
  }
  return all;
}

TEST(ReferenceNorm, GroupOfOneIsLayer) {
  const Tensor<double> x = UniformTensor(17, {6, 4, 5}, 41);
  Bench group(NormKind::kGroup, x.shape, 1), layer(NormKind::kLayer, x.shape, 3);
  EXPECT_EQ(OutputAndGradient(group, x), OutputAndGradient(layer, x));
}

TEST(ReferenceNorm, AGroupPerChannelIsInstance) {
  const Tensor<double> x = UniformTensor(17, {6, 4, 5}, 42);
  Bench group(NormKind::kGroup, x.shape, 6), instance(NormKind::kInstance, x.shape, 1);
  EXPECT_EQ(OutputAndGradient(group, x), OutputAndGradient(instance, x));
}

TEST(ReferenceNorm, BatchOfOneImageIsInstance) {
  const Tensor<double> x = UniformTensor(1, {6, 4, 5}, 42);
  Bench batch(NormKind::kBatch, x.shape, 1), instance(NormKind::kInstance, x.shape, 1);
  EXPECT_EQ(OutputAndGradient(batch, x), OutputAndGradient(instance, x));
}

TEST(ReferenceNorm, AtOnePixelLayerOverChannelsIsLayer) {
  const Tensor<double> x = UniformTensor(17, {6, 1, 1}, 42);
  Bench channels(NormKind::kLayerChannels, x.shape, 1), layer(NormKind::kLayer, x.shape, 1),
      elementwise(NormKind::kLayerElementwise, x.shape, 1);
  const std::vector<double> expected = OutputAndGradient(layer, x);
  EXPECT_EQ(OutputAndGradient(channels, x), expected);
  EXPECT_EQ(OutputAndGradient(elementwise, x), expected);
}

// One weight for a whole channel has the gradient of all its elements' weights together.
TEST(ReferenceNorm, LayerPerElementIsLayerWhereTheWeightsOfAChannelAgree) {
  const Tensor<double> x = UniformTensor(15, {3, 2, 5}, 43);
  Bench layer(NormKind::kLayer, x.shape, 1), elementwise(NormKind::kLayerElementwise, x.shape, 1);
  for (std::size_t e = 0; e < x.shape.size(); ++e) {
    elementwise.weight[e] = layer.weight[e / 10];
    elementwise.bias[e] = layer.bias[e / 10];
  }
  const auto one = OutputAndGradient(layer, x), other = OutputAndGradient(elementwise, x);
  for (std::size_t e = 0; e < 2 * x.values.size(); ++e) EXPECT_NEAR(one[e], other[e], 1e-13);
  for (std::size_t c = 0; c < 3; ++c) {
    const auto sum = [&](const std::vector<double>& gradient) {
      return std::accumulate(gradient.begin() + 10 * c, gradient.begin() + 10 * (c + 1), 0.0);
    };
    EXPECT_NEAR(layer.weight_gradient[c], sum(elementwise.weight_gradient), 1e-12);
    EXPECT_NEAR(layer.bias_gradient[c], sum(elementwise.bias_gradient), 1e-12);
  }
}

TEST(ReferenceNorm, RmsIsLayerWithoutBiasWhereTheMeanIsZero) {
  Tensor<double> x = UniformTensor(1, {2, 2, 2}, 44);
  for (std::size_t e = 0; e < 4; ++e) x.values[e + 4] = -x.values[e];
  Bench layer(NormKind::kLayer, x.shape, 1), rms(NormKind::kRms, x.shape, 1);
  layer.bias.assign(2, 0);
  const Tensor<double> one = layer.Forward(x), other = rms.Forward(x);
  for (std::size_t e = 0; e < 8; ++e) EXPECT_NEAR(one.values[e], other.values[e], 1e-14);
}

TEST(ReferenceNorm, RunningStatisticsMoveByMomentumWithTheUnbiasedVariance) {
  Tensor<double> x(2, {1, 1, 2});
  x.values = {1, 2, 4, 9};  // mean 4, squared deviations 9 + 4 + 0 + 25 = 38
  Bench bench(NormKind::kBatch, x.shape, 1);
  bench.Forward(x);
  EXPECT_NEAR(bench.running_mean[0], 0.1 * 4, 1e-15);
  EXPECT_NEAR(bench.running_variance[0], 0.9 + 0.1 * 38.0 / 3, 1e-15);
  bench.Forward(x);
  EXPECT_NEAR(bench.running_mean[0], 0.9 * 0.4 + 0.1 * 4, 1e-15);
  EXPECT_EQ(bench.batches_tracked, 2);
}

TEST(ReferenceNorm, EvaluationUsesTheRunningStatisticsAndLeavesThem) {
  const Tensor<double> x = UniformTensor(3, {2, 2, 2}, 43);
  Bench bench(NormKind::kBatch, x.shape, 1);
  bench.running_mean = {0.5, -2};
  bench.running_variance = {4, 0.25};
  const Tensor<double> y = bench.Forward(x, false);
  for (int n = 0; n < 3; ++n) {
    for (int c = 0; c < 2; ++c) {
      for (int e = 0; e < 4; ++e) {
        const double expected = bench.weight[c] * (x.plane(n, c)[e] - bench.running_mean[c]) /
                                    std::sqrt(bench.running_variance[c] + 1e-5) +
                                bench.bias[c];
        EXPECT_NEAR(y.plane(n, c)[e], expected, 1e-14);
      }
    }
  }
  EXPECT_EQ(bench.running_mean, (std::vector<double>{0.5, -2}));
  EXPECT_EQ(bench.batches_tracked, 0);
}

// E[x^2] - E[x]^2 loses all digits here even in double; two passes do not.
TEST(ReferenceNorm, VarianceSurvivesALargeMean) {
  Tensor<double> x(2, {1, 1, 2}), y(2, x.shape);
  x.values = {1e9 - 1, 1e9 + 1, 1e9 - 1, 1e9 + 1};
  Bench bench(NormKind::kBatch, x.shape, 1);
  MakeAffineTrivial(bench);
  y = bench.Forward(x);
  for (std::size_t e = 0; e < 4; ++e) EXPECT_NEAR(y.values[e], e % 2 == 0 ? -1 : 1, 1e-5);
}

}  // namespace
}  // namespace normlab::reference
