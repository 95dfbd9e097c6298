// Running statistics of units that are applied several times: where they stand, and that the
// engines agree on them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/make_network.h"
#include "model/initialize.h"
#include "random_pixels.h"
#include "tests/norm_names.h"

namespace normlab {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

constexpr Shape kInput{3, 11, 13};
constexpr int kClasses = 4;
constexpr char kModel[] = "C5 c7 C6v P C6x2 c6x3 C6x2! c9 GAP c4!";
constexpr int kRepeats[] = {1, 1, 1, 2, 3, 1};  // of the normalized layers

Architecture Parse(bool per_application, const std::string& norm = "batch",
                   const std::string& model = kModel, double dropout = 0) {
  ModelOptions options;
  options.norm = norm;
  options.groups = 1;
  options.dropout = dropout;
  options.statistics_per_application = per_application;
  return ParseArchitecture(model, kInput, kClasses, options);
}

template <typename Info>
std::vector<std::string> NamesOf(const std::vector<Info>& infos) {
  std::vector<std::string> names;
  for (const Info& info : infos) names.push_back(info.name);
  return names;
}

TEST(StatisticsSites, ARepeatedBlockHasNumberedNamesAndTheOthersPlainOnes) {
  const Architecture own = Parse(true, "batch", "C5 C5x2 GAP c4!");
  EXPECT_THAT(
      NamesOf(own.plan->buffers),
      ElementsAre("C1.norm.running_mean", "C1.norm.running_var", "C2.norm.running_mean_1",
                  "C2.norm.running_var_1", "C2.norm.running_mean_2", "C2.norm.running_var_2"));
  EXPECT_THAT(NamesOf(own.plan->counters),
              ElementsAre("C1.norm.num_batches_tracked", "C2.norm.num_batches_tracked_1",
                          "C2.norm.num_batches_tracked_2"));
  const Architecture shared = Parse(false, "batch", "C5 C5x2 GAP c4!");
  EXPECT_THAT(NamesOf(shared.plan->buffers),
              ElementsAre("C1.norm.running_mean", "C1.norm.running_var", "C2.norm.running_mean",
                          "C2.norm.running_var"));
  EXPECT_THAT(NamesOf(shared.plan->counters),
              ElementsAre("C1.norm.num_batches_tracked", "C2.norm.num_batches_tracked"));
  EXPECT_EQ(NamesOf(own.plan->parameters), NamesOf(shared.plan->parameters));
}

TEST(StatisticsSites, OfTheSecondSeedsNetworkNumberItsRepeatedBlockAlone) {
  ModelOptions options;
  options.norm = "batch";
  options.statistics_per_application = true;
  const Architecture architecture = ParseArchitecture("cifar-37k", {3, 32, 32}, 10, options);
  int numbered = 0;
  for (const std::string& name : NamesOf(architecture.plan->buffers)) {
    if (!name.ends_with("_1") && !name.ends_with("_2")) continue;
    ++numbered;
    EXPECT_TRUE(name.starts_with("C4.norm.running_")) << name;
  }
  EXPECT_EQ(numbered, 4);
}

// Every value of the flat buffers belongs to one tensor.
void ExpectNoGapAndNoOverlap(const Architecture& architecture) {
  std::size_t next = 0;
  for (const BufferInfo& info : architecture.plan->buffers) {
    EXPECT_EQ(info.offset, next) << info.name;
    EXPECT_GT(info.size, 0u);
    next += info.size;
  }
  std::size_t batch = 0;
  for (const StatisticsSite& site : architecture.plan->sites) {
    EXPECT_EQ(site.batch(), batch) << site.layer;
    batch += site.size();
  }
}

std::size_t OffsetOf(const std::vector<BufferInfo>& infos, const std::string& name) {
  const auto found = std::ranges::find(infos, name, &BufferInfo::name);
  EXPECT_NE(found, infos.end()) << name;
  return found == infos.end() ? 0 : found->offset;
}

TEST(StatisticsSites, PointAtTheTensorsOfTheirNames) {
  for (const bool per_application : {false, true}) {
    const Architecture architecture = Parse(per_application);
    ExpectNoGapAndNoOverlap(architecture);
    const std::vector<BufferInfo> buffers = architecture.plan->buffers;
    const std::vector<CounterInfo> counters = architecture.plan->counters;
    std::vector<std::string> seen;
    for (const StatisticsSite& site : architecture.plan->sites) {
      const auto layer = std::ranges::find(architecture.layers, site.layer, &Layer::name);
      ASSERT_NE(layer, architecture.layers.end()) << site.layer;
      const std::string number =
          per_application && layer->repeat > 1 ? "_" + std::to_string(site.application) : "";
      const std::string norm = site.layer + ".norm.";
      ASSERT_EQ(site.values.size(), 2u);
      EXPECT_EQ(site.values[0].buffer, OffsetOf(buffers, norm + "running_mean" + number));
      EXPECT_EQ(site.values[1].buffer, OffsetOf(buffers, norm + "running_var" + number));
      ASSERT_LT(site.counter, counters.size());
      EXPECT_EQ(counters[site.counter].name, norm + "num_batches_tracked" + number);
      for (const RunningValue& value : site.values) {
        EXPECT_EQ(value.size, static_cast<std::size_t>(layer->output.channels));
      }
      seen.push_back(site.layer + " " + std::to_string(site.application));
    }
    // 11x13 padded: 143 pixels; C6v leaves 9x11, the pool 4x5. The bare C6x2! has none.
    EXPECT_THAT(
        seen, ElementsAre("C1 1", "c2 1", "C3 1", "C4 1", "C4 2", "c5 1", "c5 2", "c5 3", "c7 1"));
    std::vector<std::size_t> pixels;
    for (const StatisticsSite& site : architecture.plan->sites) {
      ASSERT_NE(site.channel_moments(), nullptr);
      pixels.push_back(site.channel_moments()->values);
    }
    EXPECT_THAT(pixels, ElementsAre(143, 143, 99, 20, 20, 20, 20, 20, 20));
  }
}

TEST(StatisticsSites, AreEmptyWhereAMethodKeepsNoRunningStatistics) {
  for (const std::string& norm : NormNames()) {
    if (FindNormMethod(norm).running_statistics) continue;
    for (const bool per_application : {false, true}) {
      const Architecture architecture = Parse(per_application, norm);
      EXPECT_THAT(architecture.plan->sites, IsEmpty()) << norm;
      EXPECT_THAT(architecture.plan->buffers, IsEmpty()) << norm;
      EXPECT_THAT(architecture.plan->counters, IsEmpty()) << norm;
      const auto fast = MakeFastNetwork(architecture, 5, {});
      EXPECT_THAT(fast->statistics_sites(), IsEmpty()) << norm;
      EXPECT_THAT(fast->batch_statistics(), IsEmpty()) << norm;
      const auto reference = MakeReferenceNetwork<double>(architecture, 5);
      EXPECT_THAT(reference->statistics_sites(), IsEmpty()) << norm;
      EXPECT_THAT(reference->batch_statistics(), IsEmpty()) << norm;
    }
  }
  EXPECT_THAT(Parse(true, "batch", "C4! c4! GAP c4!").plan->sites, IsEmpty());
}

template <typename T>
struct Outcome {
  std::vector<T> gradients, buffers;
  std::vector<double> batch_statistics;
  std::vector<float> log_probabilities;
  std::vector<std::int64_t> counters;
};

constexpr int kPasses = 3;

// Passes of training without updates, then an evaluation with the running statistics.
template <typename T>
Outcome<T> RunPasses(const Architecture& architecture, int count, float shift,
                     Network<T>& network) {
  InitializeParameters<T>(architecture, 3, network.parameters());
  InitializeBuffers<T>(architecture, network.buffers());
  std::vector<std::uint8_t> labels(static_cast<std::size_t>(count));
  std::vector<std::uint32_t> ids(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels[i] = static_cast<std::uint8_t>(i * 7 % kClasses);
    ids[i] = static_cast<std::uint32_t>(1000 + 3 * i);
  }
  Outcome<T> outcome;
  outcome.log_probabilities.resize(labels.size() * kClasses);
  for (std::uint32_t pass = 0; pass < kPasses; ++pass) {
    const RandomPixels pixels(architecture.input, shift, pass);
    network.Train({count, &pixels, labels.data(), ids.data()}, {9, pass});
  }
  outcome.gradients.assign(network.gradients().begin(), network.gradients().end());
  outcome.batch_statistics.assign(network.batch_statistics().begin(),
                                  network.batch_statistics().end());
  outcome.buffers.assign(network.buffers().begin(), network.buffers().end());
  for (const CounterInfo& counter : network.counters()) outcome.counters.push_back(counter.value);
  const RandomPixels pixels(architecture.input, shift, kPasses);
  network.Evaluate({count, &pixels, labels.data(), ids.data()}, outcome.log_probabilities);
  EXPECT_THAT(network.batch_statistics(), ElementsAreArray(outcome.batch_statistics))
      << "evaluation with running statistics reads no batch's";
  EXPECT_THAT(network.buffers(), ElementsAreArray(outcome.buffers));
  return outcome;
}

template <typename A, typename B>
void ExpectNear(const A& values, const B& expected, double bar, const char* what) {
  ASSERT_EQ(values.size(), expected.size()) << what;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], expected[i], bar * (1 + std::abs(expected[i]))) << what << " " << i;
  }
}

// The bars of engines_test.cc.
void ExpectEnginesAgree(int count, float shift, Simd simd) {
  SCOPED_TRACE("batch " + std::to_string(count) + " shift " + std::to_string(shift) + " " +
               std::string(SimdName(simd)));
  const Architecture architecture = Parse(true, "batch", kModel, 0.3);
  const auto reference =
      RunPasses(architecture, count, shift, *MakeReferenceNetwork<double>(architecture, count));
  const auto fast =
      RunPasses(architecture, count, shift, *MakeFastNetwork(architecture, count, {simd, 2}));
  ExpectNear(fast.buffers, reference.buffers, 1e-5, "buffer");
  ExpectNear(fast.batch_statistics, reference.batch_statistics, 1e-5, "batch statistic");
  ExpectNear(fast.log_probabilities, reference.log_probabilities, 1e-4, "log-probability");
  EXPECT_EQ(fast.counters, reference.counters);
  EXPECT_THAT(fast.counters, ::testing::Each(kPasses));
  EXPECT_EQ(fast.counters.size(), 9u);
}

TEST(PerApplicationStatistics, FollowTheTwinForUglyBatchesAndShiftedValues) {
  for (const int count : {1, 15, 16, 17, 33}) {
    for (const float shift : {0.0f, 10.0f}) ExpectEnginesAgree(count, shift, BestSimd());
  }
}

TEST(PerApplicationStatistics, FollowTheTwinOnEveryInstructionSet) {
  for (const Simd simd : SupportedSimd()) ExpectEnginesAgree(17, 10, simd);
}

// Training reads no running statistic: neither values nor gradients know how they are kept, and
// the sets of the applications are others.
template <typename Make>
void ExpectTrainingDoesNotKnow(const Make& make) {
  const Architecture own_architecture = Parse(true), shared_architecture = Parse(false);
  const auto own = RunPasses(own_architecture, 17, 0, *make(own_architecture));
  const auto shared = RunPasses(shared_architecture, 17, 0, *make(shared_architecture));
  EXPECT_EQ(own.gradients, shared.gradients);
  EXPECT_EQ(own.batch_statistics, shared.batch_statistics);
  EXPECT_NE(own.log_probabilities, shared.log_probabilities);
  ASSERT_EQ(shared.counters.size(), std::size(kRepeats));
  for (std::size_t i = 0; i < shared.counters.size(); ++i) {
    EXPECT_EQ(shared.counters[i], kPasses * kRepeats[i]);
  }
  const auto sites = own_architecture.plan->sites;
  EXPECT_NE(own.buffers[sites[3].values[0].buffer], own.buffers[sites[4].values[0].buffer]);
}

TEST(PerApplicationStatistics, ChangeNothingInTraining) {
  ExpectTrainingDoesNotKnow([](const Architecture& architecture) {
    return MakeReferenceNetwork<double>(architecture, 17);
  });
  ExpectTrainingDoesNotKnow([](const Architecture& architecture) {
    return MakeFastNetwork(architecture, 17, {BestSimd(), 2});
  });
}

// One pass with momentum 1 leaves in the running statistics what batch_statistics says.
template <typename Network>
void ExpectMomentumOneKeepsTheBatch(const Architecture& architecture, Network& network) {
  const auto outcome = RunPasses(architecture, 17, 10, network);
  for (const StatisticsSite& site : network.statistics_sites()) {
    for (const RunningValue& value : site.values) {
      for (std::size_t c = 0; c < value.size; ++c) {
        EXPECT_FLOAT_EQ(outcome.buffers[value.buffer + c],
                        outcome.batch_statistics[value.batch + c])
            << site.layer;
      }
    }
  }
}

TEST(PerApplicationStatistics, AreTheBatchsWithMomentumOne) {
  ModelOptions options = Parse(true).options;
  options.norm_momentum = 1;
  const Architecture architecture = WithOptions(Parse(true), options);
  ExpectMomentumOneKeepsTheBatch(architecture, *MakeReferenceNetwork<double>(architecture, 17));
  ExpectMomentumOneKeepsTheBatch(architecture, *MakeFastNetwork(architecture, 17, {}));
}

// Without dropout before them, both passes that normalize with the batch report the same.
template <typename T>
void ExpectEvaluationReportsTheBatch(const Architecture& architecture, Network<T>& network) {
  const auto trained = RunPasses(architecture, 17, 0, network);
  const RandomPixels pixels(architecture.input, 0, kPasses - 1);
  const std::vector<std::uint8_t> labels(17);
  const std::vector<std::uint32_t> ids(17);
  const RandomPixels others(architecture.input, 5, 0);
  network.EvaluateOnBatchStatistics({17, &others, labels.data(), ids.data()}, {});
  EXPECT_THAT(network.batch_statistics(),
              ::testing::Not(ElementsAreArray(trained.batch_statistics)));
  network.EvaluateOnBatchStatistics({17, &pixels, labels.data(), ids.data()}, {});
  EXPECT_THAT(network.batch_statistics(), ElementsAreArray(trained.batch_statistics));
  EXPECT_THAT(network.buffers(), ElementsAreArray(trained.buffers)) << "a running value moved";
  for (const CounterInfo& counter : network.counters()) EXPECT_EQ(counter.value, kPasses);
}

TEST(PerApplicationStatistics, AreReportedByAnEvaluationOnTheBatchAndNotMoved) {
  const Architecture architecture = Parse(true);
  ExpectEvaluationReportsTheBatch(architecture, *MakeReferenceNetwork<double>(architecture, 17));
  ExpectEvaluationReportsTheBatch(architecture, *MakeFastNetwork(architecture, 17, {}));
}

TEST(PerApplicationStatistics, AreTheSameBitsForAnyNumberOfThreads) {
  const Architecture architecture = Parse(true);
  const auto one =
      RunPasses(architecture, 70, 10, *MakeFastNetwork(architecture, 70, {BestSimd(), 1}));
  for (const int threads : {2, 3, 5}) {
    const auto several =
        RunPasses(architecture, 70, 10, *MakeFastNetwork(architecture, 70, {BestSimd(), threads}));
    EXPECT_EQ(several.buffers, one.buffers) << threads;
    EXPECT_EQ(several.batch_statistics, one.batch_statistics) << threads;
  }
}

}  // namespace
}  // namespace normlab
