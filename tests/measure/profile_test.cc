// What the engine tells of its operations, and that telling changes nothing.
#include <gtest/gtest.h>

#include "measure/bench_options.h"
#include "measure/step_bench.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

BenchOptions Preset(const std::string& model, const std::string& dataset) {
  BenchOptions options;
  options.model = model;
  options.dataset = dataset;
  return options;
}

struct Sums {
  std::size_t forward = 0, input_gradient = 0, weight_gradient = 0;
};

Sums MultiplyAddsOf(const BenchOptions& options) {
  const auto network =
      std::make_unique<FastNetwork>(BenchArchitecture(options).plan, options.batch, FastOptions{});
  Sums sums;
  for (const OperationInfo& info : network->operation_infos()) {
    sums.forward += info.of(Phase::kForward);
    sums.input_gradient += info.of(Phase::kBackward);
    sums.weight_gradient += info.of(Phase::kWeightGradient);
  }
  return sums;
}

TEST(Presets, SumTheirMultiplyAdds) {
  // The first layers, which need no input gradient: outputs x inputs x 9 taps x pixels.
  constexpr std::size_t kMnistFirst = 8 * 1 * 9 * 26 * 26, kCifarFirst = 12 * 3 * 9 * 32 * 32;
  const Sums mnist = MultiplyAddsOf(Preset("mnist-8k", "mnist"));
  EXPECT_EQ(mnist.forward, 1'076'672u);
  EXPECT_EQ(mnist.weight_gradient, 1'076'672u);
  EXPECT_EQ(mnist.input_gradient, 1'076'672u - kMnistFirst);
  const Sums cifar = MultiplyAddsOf(Preset("cifar-37k", "cifar10"));
  EXPECT_EQ(cifar.forward, 8'130'880u);
  EXPECT_EQ(cifar.weight_gradient, 8'130'880u);
  EXPECT_EQ(cifar.input_gradient, 8'130'880u - kCifarFirst);
}

// Behind the first one a depthwise convolution writes its gradients in one go.
TEST(Presets, SumBothGradientsOfADepthwiseConvolution) {
  constexpr std::size_t kFirst = 6 * 9 * 28 * 28, kDepthwise = 6 * 9 * 28 * 28;
  constexpr std::size_t kPointwise = 6 * 6 * 28 * 28, kScores = 6 * 10;
  const Sums sums = MultiplyAddsOf(Preset("C6 D c6 GAP c10!", "mnist"));
  EXPECT_EQ(sums.forward, kFirst + kDepthwise + kPointwise + kScores);
  EXPECT_EQ(sums.weight_gradient, kFirst + kPointwise + kScores);
  EXPECT_EQ(sums.input_gradient, 2 * kDepthwise + kPointwise + kScores);
  EXPECT_EQ(MultiplyAddsOf(Preset("D GAP c10!", "mnist")).weight_gradient, 9 * 28 * 28 + 10u);
}

BenchOptions Small(const std::string& norm) {
  BenchOptions options = Preset("C6 P C6x2 GAP c10!", "mnist");
  options.norm = norm;
  options.dropout = 0.2;
  options.batch = 40;
  return options;
}

class EveryNorm : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryNorm, testing::ValuesIn(NormNames()),
                         [](const auto& info) { return TestName(info.param); });

std::vector<float> ParametersAfter(StepBench& bench, bool measured) {
  for (int step = 0; step < 3; ++step) {
    if (measured) {
      bench.ProfiledStep();
      bench.ConvolutionsAlone();
    } else {
      bench.Step();
    }
  }
  const auto parameters = bench.network().parameters();
  return {parameters.begin(), parameters.end()};
}

TEST_P(EveryNorm, TrainsToTheSameBitsWhileItIsMeasured) {
  const BenchOptions options = Small(GetParam());
  for (int threads : {1, 2}) {
    const FastOptions fast = {BestSimd(), threads};
    StepBench plain(BenchArchitecture(options), options.batch, fast);
    StepBench measured(BenchArchitecture(options), options.batch, fast);
    EXPECT_EQ(ParametersAfter(plain, false), ParametersAfter(measured, true)) << threads;
  }
}

// Tasks of one thread follow one another inside the pass, so their times cannot exceed its own;
// nothing but the clock's reading is between them, so this holds on any machine.
TEST_P(EveryNorm, SpendsNoMoreInItsTasksThanInThePass) {
  const BenchOptions options = Small(GetParam());
  StepBench bench(BenchArchitecture(options), options.batch, {BestSimd(), 1});
  const StepTimes times = bench.ProfiledStep();
  const std::vector<OperationInfo> infos = bench.network().operation_infos();
  double sum = 0;
  for (const double task : times.tasks) {
    EXPECT_GE(task, 0);
    sum += task;
  }
  EXPECT_LE(sum, times.pass);
  for (std::size_t i = 0; i < infos.size(); ++i) {
    if (infos[i].name != "convolution") continue;
    EXPECT_GT(times.of(i, Phase::kForward), 0) << infos[i].layer;
    EXPECT_GT(times.of(i, Phase::kWeightGradient), 0) << infos[i].layer;
  }
}

TEST(Restart, MakesTheNextStepTheFirstAgain) {
  const BenchOptions options = Small("batch");
  StepBench bench(BenchArchitecture(options), options.batch, {});
  const std::vector<float> once = ParametersAfter(bench, false);
  EXPECT_NE(ParametersAfter(bench, false), once);
  bench.Restart();
  EXPECT_EQ(ParametersAfter(bench, false), once);
}

}  // namespace
}  // namespace normlab
