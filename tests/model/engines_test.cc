// The fast engine against its plain twin in double: every normalization, every order, ugly sizes,
// every instruction set; and the same bits for any number of threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "model/initialize.h"
#include "model/network.h"
#include "random_pixels.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

struct Case {
  std::string model = "C5 c7 C6v P C6x2 c9 GAP c4!";
  Shape input{3, 11, 13};
  ModelOptions options;
  int batch = 17;
  float shift = 0;
  Simd simd = BestSimd();
  int threads = 1;
};

template <typename T>
struct Outcome {
  double train_loss = 0, test_loss = 0;
  int correct = 0;
  std::vector<T> gradients, buffers;
  std::vector<float> log_probabilities;
  std::int64_t batches_tracked = 0;
};

template <typename T>
Outcome<T> RunSteps(const Case& c, const Architecture& architecture, Network<T>& network) {
  InitializeParameters<T>(architecture, 3, network.parameters());
  InitializeBuffers<T>(architecture, network.buffers());
  // Affine parameters away from 1 and 0, so that a missing one shows.
  for (const ParameterInfo& info : network.parameter_infos()) {
    if (info.kind == ParameterKind::kConvolution) continue;
    for (std::size_t i = 0; i < info.size; ++i) {
      network.parameters()[info.offset + i] +=
          static_cast<T>(0.25f * std::sin(static_cast<float>(i + info.offset)));
    }
  }
  const RandomPixels pixels(c.batch, c.shift);
  std::vector<std::uint8_t> labels(c.batch);
  std::vector<std::uint32_t> image_ids(c.batch);
  for (int i = 0; i < c.batch; ++i) {
    labels[i] = static_cast<std::uint8_t>(i * 7 % architecture.classes);
    image_ids[i] = static_cast<std::uint32_t>(1000 + 3 * i);
  }
  const Batch batch = {c.batch, &pixels, labels.data(), image_ids.data()};
  Outcome<T> outcome;
  outcome.train_loss = network.Train(batch, {9, 4}).loss_sum;
  outcome.gradients.assign(network.gradients().begin(), network.gradients().end());
  outcome.log_probabilities.resize(static_cast<std::size_t>(c.batch) * architecture.classes);
  const BatchResult test = network.Evaluate(batch, outcome.log_probabilities);
  outcome.test_loss = test.loss_sum;
  outcome.correct = test.correct;
  outcome.buffers.assign(network.buffers().begin(), network.buffers().end());
  if (!network.counters().empty()) outcome.batches_tracked = network.counters().front().value;
  EXPECT_EQ(network.FirstNonFiniteLayer(), "");
  return outcome;
}

Outcome<float> RunFast(const Case& c) {
  const Architecture architecture = ParseArchitecture(c.model, c.input, 4, c.options);
  const auto network = MakeFastNetwork(architecture, c.batch, {c.simd, c.threads});
  return RunSteps(c, architecture, *network);
}

template <typename T>
double LargestDifference(const ParameterInfo& info, const std::vector<T>& a,
                         const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = info.offset; i < info.offset + info.size; ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

// Per tensor: the largest difference over the largest value. Float32 sums of some hundred terms
// through ten layers lose about 2^-24 * sqrt(100) each, so 5e-5; and where deviations are small,
// as those of a few channels at one pixel are, what float32 costs the plain engine itself.
void ExpectSameGradients(const Architecture& architecture, const Outcome<float>& fast,
                         const Outcome<float>& plain, const Outcome<double>& reference) {
  for (const ParameterInfo& info : ParameterInfos(architecture)) {
    const double largest = LargestDifference(info, std::vector<float>(reference.gradients.size()),
                                             reference.gradients);
    EXPECT_GT(largest, 0) << info.name << " has no gradient at all";
    EXPECT_LE(
        LargestDifference(info, fast.gradients, reference.gradients),
        5e-5 * largest + 1e-7 + 4 * LargestDifference(info, plain.gradients, reference.gradients))
        << info.name;
  }
}

template <typename T>
Outcome<T> RunTwin(const Case& c, const Architecture& architecture) {
  return RunSteps(c, architecture, *MakeReferenceNetwork<T>(architecture, c.batch));
}

void ExpectEnginesAgree(const Case& c) {
  SCOPED_TRACE(c.options.norm + " " + OrderText(c.options.order) + " batch " +
               std::to_string(c.batch) + " " + std::string(SimdName(c.simd)) + " shift " +
               std::to_string(c.shift));
  const Architecture architecture = ParseArchitecture(c.model, c.input, 4, c.options);
  const Outcome<double> reference = RunTwin<double>(c, architecture);
  const Outcome<float> fast = RunFast(c);
  EXPECT_NEAR(fast.train_loss, reference.train_loss, 1e-5 * c.batch);
  EXPECT_NEAR(fast.test_loss, reference.test_loss, 1e-5 * c.batch);
  EXPECT_EQ(fast.correct, reference.correct);
  EXPECT_EQ(fast.batches_tracked, reference.batches_tracked);
  ExpectSameGradients(architecture, fast, RunTwin<float>(c, architecture), reference);
  for (std::size_t i = 0; i < reference.buffers.size(); ++i) {
    EXPECT_NEAR(fast.buffers[i], reference.buffers[i], 1e-5 * (1 + std::abs(reference.buffers[i])));
  }
  for (std::size_t i = 0; i < reference.log_probabilities.size(); ++i) {
    EXPECT_NEAR(fast.log_probabilities[i], reference.log_probabilities[i], 1e-4);
  }
}

Case With(const std::string& norm) {
  Case c;
  c.options.norm = norm;
  c.options.groups = 1;  // 5, 7, 6 and 9 channels: no other number divides all
  c.options.dropout = 0.3;
  return c;
}

class EveryNorm : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryNorm, testing::ValuesIn(NormNames()),
                         [](const auto& info) { return TestName(info.param); });

TEST_P(EveryNorm, FollowsTheTwinInEveryOrder) {
  std::array<BlockStep, 3> order = {BlockStep::kRelu, BlockStep::kNorm, BlockStep::kDropout};
  do {
    Case c = With(GetParam());
    c.options.order = order;
    ExpectEnginesAgree(c);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_P(EveryNorm, FollowsTheTwinForUglyBatches) {
  for (int batch : {1, 15, 16, 17, 33}) {
    Case c = With(GetParam());
    c.batch = batch;
    ExpectEnginesAgree(c);
  }
}

TEST_P(EveryNorm, FollowsTheTwinForShiftedValues) {
  Case c = With(GetParam());
  c.shift = 10;
  ExpectEnginesAgree(c);
}

TEST_P(EveryNorm, FollowsTheTwinOnEveryInstructionSet) {
  for (Simd simd : SupportedSimd()) {
    for (double dropout : {0.0, 0.3}) {
      Case c = With(GetParam());
      c.simd = simd;
      c.options.dropout = dropout;
      ExpectEnginesAgree(c);
    }
  }
}

TEST_P(EveryNorm, GivesTheSameBitsForAnyNumberOfThreads) {
  Case c = With(GetParam());
  c.batch = 70;
  const Outcome<float> one = RunFast(c);
  for (int threads : {2, 3, 8}) {
    c.threads = threads;
    const Outcome<float> several = RunFast(c);
    EXPECT_EQ(one.train_loss, several.train_loss);
    EXPECT_EQ(one.gradients, several.gradients) << threads << " threads";
    EXPECT_EQ(one.buffers, several.buffers) << threads << " threads";
    EXPECT_EQ(one.log_probabilities, several.log_probabilities) << threads << " threads";
  }
}

// Same algorithms, same order of every sum, same fused multiply-adds: what differs between AVX2 and
// AVX-512 is only how many registers hold the 16 images.
TEST_P(EveryNorm, GivesTheSameBitsWithAvx2AndAvx512) {
  if (BestSimd() != Simd::kAvx512) GTEST_SKIP() << "this processor has no AVX-512";
  for (const bool wide_maps : {false, true}) {
    Case c = With(GetParam());
    c.batch = 33;
    if (wide_maps) {
      c.model = "C12 C16 c8 P C24 C24x2 C24 c12 P C32 C32 C32! GAP c4!";
      c.input = {3, 32, 32};
    }
    c.simd = Simd::kAvx2;
    const Outcome<float> narrow = RunFast(c);
    c.simd = Simd::kAvx512;
    const Outcome<float> wide = RunFast(c);
    EXPECT_EQ(narrow.train_loss, wide.train_loss);
    EXPECT_EQ(narrow.gradients, wide.gradients);
    EXPECT_EQ(narrow.buffers, wide.buffers);
    EXPECT_EQ(narrow.log_probabilities, wide.log_probabilities);
  }
}

TEST(GroupNorm, FollowsTheTwinWithSeveralGroups) {
  Case c = With("group");
  c.model = "C6 c12/4 C9v/3 P C9/9x2 c6 GAP c4!";
  c.options.groups = 2;
  ExpectEnginesAgree(c);
}

TEST(Presets, FollowTheTwin) {
  for (const ModelPreset& preset : ModelPresets()) {
    for (const std::string& norm : NormNames()) {
      if (norm == "instance" && preset.name == "mnist-8k") continue;  // refused: c7 is 1x1
      Case c = With(norm);
      c.model = preset.name;
      c.input = preset.name == "mnist-8k" ? Shape{1, 28, 28} : Shape{3, 32, 32};
      c.options.groups = preset.groups;
      c.options.order = ParseOrder(preset.order);
      c.options.dropout = 0.05;
      c.batch = 5;
      const Architecture architecture = ParseArchitecture(c.model, c.input, 10, c.options);
      const Outcome<double> reference = RunTwin<double>(c, architecture);
      const auto network = MakeFastNetwork(architecture, c.batch, {c.simd, 2});
      const Outcome<float> fast = RunSteps(c, architecture, *network);
      EXPECT_NEAR(fast.train_loss, reference.train_loss, 1e-5 * c.batch);
      ExpectSameGradients(architecture, fast, RunTwin<float>(c, architecture), reference);
    }
  }
}

// A normalized map is not kept; it must be judged all the same.
void ExpectTheNormalizedLayerIsNamed(const std::string& norm, const std::string& order) {
  SCOPED_TRACE(norm + " " + order);
  Case c = With(norm);
  c.options.order = ParseOrder(order);
  const Architecture architecture = ParseArchitecture(c.model, c.input, 4, c.options);
  const auto network = MakeFastNetwork(architecture, c.batch, {c.simd, c.threads});
  RunSteps(c, architecture, *network);
  for (const ParameterInfo& info : network->parameter_infos()) {
    if (info.name != "c2.norm.weight") continue;
    network->parameters()[info.offset] = std::numeric_limits<float>::quiet_NaN();
  }
  const RandomPixels pixels(c.batch, 0);
  const std::vector<std::uint8_t> labels(c.batch);
  const std::vector<std::uint32_t> image_ids(c.batch);
  const Batch batch = {c.batch, &pixels, labels.data(), image_ids.data()};
  network->Train(batch, {9, 5});
  EXPECT_EQ(network->FirstNonFiniteLayer(), "c2") << "after training";
  network->Evaluate(batch, {});
  EXPECT_EQ(network->FirstNonFiniteLayer(), "c2") << "after evaluation";
}

TEST(FirstNonFiniteLayer, NamesALayerWhoseNormalizationBroke) {
  for (const std::string& norm : NormNames()) {
    if (norm == "none") continue;
    ExpectTheNormalizedLayerIsNamed(norm, "conv-relu-norm-dropout");
    ExpectTheNormalizedLayerIsNamed(norm, "conv-norm-relu-dropout");
    ExpectTheNormalizedLayerIsNamed(norm, "conv-relu-dropout-norm");
  }
}

TEST(FirstNonFiniteLayer, NamesTheLayerThatBroke) {
  Case c = With("batch");
  const Architecture architecture = ParseArchitecture(c.model, c.input, 4, c.options);
  const auto network = MakeFastNetwork(architecture, c.batch, {});
  InitializeParameters<float>(architecture, 3, network->parameters());
  InitializeBuffers<float>(architecture, network->buffers());
  const ParameterInfo& second = network->parameter_infos()[3];
  ASSERT_EQ(second.kind, ParameterKind::kConvolution);
  network->parameters()[second.offset] = std::nanf("");
  const RandomPixels pixels(c.batch, 0);
  const std::vector<std::uint8_t> labels(c.batch);
  const std::vector<std::uint32_t> image_ids(c.batch);
  const Batch batch = {c.batch, &pixels, labels.data(), image_ids.data()};
  EXPECT_FALSE(std::isfinite(network->Train(batch, {}).loss_sum));
  EXPECT_EQ(network->FirstNonFiniteLayer() + ".conv.weight", second.name);
}

}  // namespace
}  // namespace normlab
