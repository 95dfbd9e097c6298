// The fast engine against its plain twin in double: every normalization, every order, ugly sizes,
// every instruction set; and the same bits for any number of threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "tests/engine/follow_twin.h"
#include "tests/left_out.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

// A method, and for group normalization how many groups: one is layer normalization, as many as
// channels is instance normalization, so those say nothing of what lies between.
struct NormCase {
  std::string norm;
  int groups = 1;
};

std::vector<NormCase> NormCases() {
  std::vector<NormCase> cases;
  for (const std::string& norm : NormNames()) {
    if (FindNormMethod(norm).pools_channels != PooledChannels::kGroup) cases.push_back({norm});
  }
  for (const int groups : {1, 2, 3, 4}) cases.push_back({"group", groups});
  return cases;
}

Case With(const NormCase& norm) {
  Case c;
  c.options.norm = norm.norm;
  c.options.groups = norm.groups;
  c.options.dropout = 0.3;
  // The channels of every block in groups of 2 or more; 5, 7, 6 and 9 are divided by 1 alone.
  if (norm.groups == 2) c.model = "C6 c14 C6v P C6x2 c10 GAP c4!";
  if (norm.groups == 3) c.model = "C6 c9 C15v/5 P C15x2 c9 GAP c4!";
  if (norm.groups == 4) c.model = "C8 c12 C20v P C20/2x2 c12/6 GAP c4!";
  return c;
}
Case With(const std::string& norm) { return With(NormCase{norm}); }

class EveryNorm : public testing::TestWithParam<NormCase> {};
INSTANTIATE_TEST_SUITE_P(Registry, EveryNorm, testing::ValuesIn(NormCases()), [](const auto& info) {
  const std::string groups =
      info.param.norm == "group" ? "_of_" + std::to_string(info.param.groups) : "";
  return TestName(info.param.norm) + groups;
});

TEST_P(EveryNorm, FollowsTheTwinInEveryOrder) {
  std::array<UnitStep, 3> order = {UnitStep::kRelu, UnitStep::kNorm, UnitStep::kDropout};
  do {
    Case c = With(GetParam());
    c.options.order = order;
    ExpectEnginesAgree(c);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_P(EveryNorm, FollowsTheTwinForUglyBatches) {
  for (int batch : {1, 15, 16, 17, 33}) {
    // An instance is the batch then, and the gate's gradient a difference of equal values.
    if (batch == 1 && GetParam().norm == "batch-instance") continue;
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
  const Outcome<float> one = RunFast(c, PlanOf(c));
  for (int threads : {2, 3, 8}) {
    c.threads = threads;
    const Outcome<float> several = RunFast(c, PlanOf(c));
    EXPECT_EQ(one.train_loss, several.train_loss);
    EXPECT_EQ(one.gradients, several.gradients) << threads << " threads";
    EXPECT_EQ(one.buffers, several.buffers) << threads << " threads";
    EXPECT_EQ(one.log_probabilities, several.log_probabilities) << threads << " threads";
  }
}

// Same algorithms, same order of every sum, same fused multiply-adds: what differs between AVX2 and
// AVX-512 is only how many registers hold the 16 images.
TEST_P(EveryNorm, GivesTheSameBitsWithAvx2AndAvx512) {
  if (BestSimd() != Simd::kAvx512)
    NORMLAB_LEFT_OUT("this processor has no AVX-512; ./check on one that has it");
  for (const bool wide_maps : {false, true}) {
    Case c = With(GetParam());
    c.batch = 33;
    if (wide_maps) {
      c.model = "C12 C16 c8 P C24 C24x2 C24 c12 P C32 C32 C32! GAP c4!";
      if (GetParam().groups == 3) c.model = "C12 C15 c9 P C24 C24x2 C24 c12 P C33 C33 C33! GAP c4!";
      c.input = {3, 32, 32};
    }
    c.simd = Simd::kAvx2;
    const Outcome<float> narrow = RunFast(c, PlanOf(c));
    c.simd = Simd::kAvx512;
    const Outcome<float> wide = RunFast(c, PlanOf(c));
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

Case OfPreset(const ModelPreset& preset, const std::string& norm) {
  Case c = With(norm);
  c.model = preset.name;
  c.input = preset.name == "mnist-8k" ? Shape{1, 28, 28} : Shape{3, 32, 32};
  c.options.groups = preset.groups;
  c.options.order = ParseOrder(preset.order);
  c.options.dropout = 0.05;
  c.batch = 5;
  c.classes = 10;
  c.threads = 2;
  return c;
}

// The networks of the two homeworks.
bool IsAChain(const ModelPreset& preset) {
  return preset.name == "mnist-8k" || preset.name == "cifar-37k";
}

TEST(Presets, FollowTheTwin) {
  for (const ModelPreset& preset : ModelPresets()) {
    if (!IsAChain(preset)) continue;
    for (const std::string& norm : NormNames()) {
      // Refused: c7 is 1x1.
      if (preset.name == "mnist-8k" && !StandsOnOnePixel(FindNormMethod(norm))) continue;
      ExpectEnginesAgree(OfPreset(preset, norm));
    }
  }
}

// Images of half the side, which the layers take as well and the plain twin sooner.
TEST(Presets, OfManyLayersFollowTheTwin) {
  for (const ModelPreset& preset : ModelPresets()) {
    if (IsAChain(preset)) continue;
    for (const std::string norm : {"none", "batch", "layer", "group"}) {
      Case c = OfPreset(preset, norm);
      c.input = {3, 16, 16};
      int redrawn = 0;
      EXPECT_EQ(DifferencesWithAnyWeights(c, {}, &redrawn), "") << Describe(c);
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
  RunSteps(c, *architecture.plan, *network);
  for (const ParameterInfo& info : network->parameter_infos()) {
    if (info.name != "c2.norm.weight") continue;
    network->parameters()[info.offset] = std::numeric_limits<float>::quiet_NaN();
  }
  const RandomPixels pixels(c.input);
  const std::vector<std::uint8_t> labels(c.batch);
  const std::vector<std::uint32_t> image_ids(c.batch);
  const Batch batch = {c.batch, &pixels, labels.data(), image_ids.data()};
  network->Train(batch, {9, 5});
  const bool by_room = !FindNormMethod(norm).room.empty();
  const std::string expected = by_room ? "c2" : "c2, statement y of its normalization";
  EXPECT_EQ(network->FirstNonFiniteLayer(), expected) << "after training";
  network->Evaluate(batch, {});
  EXPECT_EQ(network->FirstNonFiniteLayer(), expected) << "after evaluation";
}

TEST(FirstNonFiniteLayer, NamesALayerWhoseNormalizationBroke) {
  for (const std::string& norm : NormNames()) {
    if (!Learns(FindNormMethod(norm), "weight")) continue;
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
  ASSERT_EQ(second.role, ParameterRole::kFilter);
  network->parameters()[second.offset] = std::nanf("");
  const RandomPixels pixels(c.input);
  const std::vector<std::uint8_t> labels(c.batch);
  const std::vector<std::uint32_t> image_ids(c.batch);
  const Batch batch = {c.batch, &pixels, labels.data(), image_ids.data()};
  EXPECT_FALSE(std::isfinite(network->Train(batch, {}).loss_sum));
  EXPECT_EQ(network->FirstNonFiniteLayer() + ".conv.weight", second.name);
}

}  // namespace
}  // namespace normlab
