// Statistics of units that are applied several times, step by step with PyTorch: one
// nn.BatchNorm2d for all applications or one for each, and both estimated anew.
#include "train/site_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/train/site_statistics_golden.h"
#include "train/evaluate.h"
#include "train/statistics_comparison.h"

namespace normlab {
namespace {

using site_golden::Values;
using testing::ElementsAre;
using testing::ElementsAreArray;

template <typename T>
using MakeNetwork = std::function<std::unique_ptr<Network<T>>(const Architecture&)>;

// What our numbers may differ by from the golden of that name: in double the order of summation, in
// float the same multiple of PyTorch's own float32 distance as in parity_test.cc.
template <typename T>
double Allowed(const std::string& name) {
  return sizeof(T) == sizeof(double) ? 1e-9 : 4 * Values(name + "/float32").at(0) + 1e-6;
}

// `values` against the golden's, from `first` on.
template <typename T, typename Range>
void ExpectGolden(const std::string& name, const Range& values, std::size_t first = 0) {
  const std::vector<double> golden = Values(name);
  ASSERT_GT(values.size(), 0u);
  ASSERT_GE(golden.size(), first + values.size()) << name;
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], golden[first + i], Allowed<T>(name)) << name << ", element " << i;
  }
}

template <typename T>
std::vector<float> Predictions(Network<T>& network, site_golden::Data& data) {
  std::vector<float> rows;
  Evaluate(network, data.test_source, site_golden::First(site_golden::kTest), &rows);
  return rows;
}

// Log-probabilities are float32 in every engine: half a unit in the last place below 8.
template <typename T>
void ExpectPredictions(const std::string& name, Network<T>& network, site_golden::Data& data,
                       std::size_t step = 0) {
  const std::vector<float> rows = Predictions(network, data);
  const std::vector<double> golden = Values(name);
  ASSERT_GE(golden.size(), (step + 1) * rows.size()) << name;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_NEAR(rows[i], golden[step * rows.size() + i], Allowed<T>(name) + 0x1p-22) << name;
  }
}

// Of an application, where all share one set in the golden.
std::size_t SharedOffset(const std::vector<StatisticsSite>& shared_sites, std::size_t site) {
  return shared_sites[site].values.front().buffer;
}

template <typename T>
class Followed {
 public:
  Followed(const MakeNetwork<T>& make, bool per_application)
      : network_(make(site_golden::Network(per_application))),
        kind_(per_application ? "per_application" : "shared"),
        sites_(network_->statistics_sites()),
        shared_sites_(site_golden::Network(false).plan->sites),
        shared_(InitialStatistics<T>(sites_)),
        per_application_(shared_) {}

  // The network's own running statistics, and both kinds from batch_statistics() alone.
  void ExpectEveryStepIsPyTorchs() {
    SCOPED_TRACE(kind_);
    site_golden::TrainAsPyTorch(
        *network_, data_,
        [&] {
          const std::span<const double> batch = network_->batch_statistics();
          UpdateRunning(sites_, batch, site_golden::kNormMomentum, true, shared_);
          UpdateRunning(sites_, batch, site_golden::kNormMomentum, false, per_application_);
        },
        [&](std::size_t step) { ExpectStep(step); });
    std::vector<double> tracked;
    for (const CounterInfo& counter : network_->counters()) {
      tracked.push_back(static_cast<double>(counter.value));
    }
    EXPECT_THAT(tracked, ElementsAreArray(Values(kind_ + "/tracked")));
  }

  Network<T>& network() { return *network_; }
  site_golden::Data& data() { return data_; }

 private:
  void ExpectStep(std::size_t step) {
    SCOPED_TRACE("step " + std::to_string(step));
    const std::span<T> buffers = network_->buffers();
    ExpectGolden<T>(kind_ + "/running", buffers, step * buffers.size());
    ExpectPredictions(kind_ + "/log_probabilities", *network_, data_, step);
    ExpectGolden<T>("per_application/running", per_application_, step * per_application_.size());
    const std::size_t shared_size = Values("shared/running").size() / site_golden::kSteps;
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      const auto first = shared_.begin() + static_cast<std::ptrdiff_t>(sites_[i].batch());
      ExpectGolden<T>("shared/running",
                      std::vector<T>(first, first + static_cast<std::ptrdiff_t>(sites_[i].size())),
                      step * shared_size + SharedOffset(shared_sites_, i));
    }
  }

  std::unique_ptr<Network<T>> network_;
  std::string kind_;
  std::vector<StatisticsSite> sites_, shared_sites_;
  site_golden::Data data_;
  SiteStatistics<T> shared_, per_application_;
};

template <typename T>
void ExpectReestimatedAsPyTorch(Network<T>& network, site_golden::Data& data) {
  const std::vector<T> parameters(network.parameters().begin(), network.parameters().end()),
      buffers(network.buffers().begin(), network.buffers().end());
  const auto counters = network.counters();
  const auto images = site_golden::First(site_golden::kEstimation);
  const auto estimated = EstimateStatistics(network, data.train_source, images);
  EXPECT_THAT(network.parameters(), ElementsAreArray(parameters));
  EXPECT_THAT(network.buffers(), ElementsAreArray(buffers));
  for (std::size_t i = 0; i < counters.size(); ++i) {
    EXPECT_EQ(network.counters()[i].value, counters[i].value);
  }
  ASSERT_EQ(estimated.size(), Values("reestimated_per_application").size());
  ExpectGolden<T>("reestimated_per_application", estimated);
  const auto pooled = PooledOverApplications(network.statistics_sites(), estimated, images.size());
  ASSERT_EQ(pooled.size(), estimated.size());
  ExpectGolden<T>("reestimated_shared", pooled);
  UseStatistics<T>({pooled.begin(), pooled.end()}, network);
  ExpectPredictions("reestimated_shared/log_probabilities", network, data);
  if (network.buffers().size() < estimated.size()) return;  // one set for all applications
  UseStatistics<T>({estimated.begin(), estimated.end()}, network);
  ExpectPredictions("reestimated_per_application/log_probabilities", network, data);
}

template <typename T>
void ExpectAllAsPyTorch(const MakeNetwork<T>& make) {
  for (const bool per_application : {false, true}) {
    Followed<T> followed(make, per_application);
    followed.ExpectEveryStepIsPyTorchs();
    ExpectReestimatedAsPyTorch(followed.network(), followed.data());
  }
}

// Mean loss and accuracy of the golden's predictions.
StatisticsScore GoldenScore(StatisticsKind kind, const std::string& name, std::size_t step) {
  const std::vector<double> golden = Values(name);
  const std::vector<std::uint8_t> labels = site_golden::Images(1, site_golden::kTest).labels;
  StatisticsScore score{0, kind, 0, 0};
  for (std::size_t n = 0; n < labels.size(); ++n) {
    const auto row = golden.begin() + static_cast<std::ptrdiff_t>((step * labels.size() + n) *
                                                                  site_golden::kClasses);
    score.test_loss -= row[labels[n]] / site_golden::kTest;
    const bool correct = std::max_element(row, row + site_golden::kClasses) - row == labels[n];
    score.test_accuracy += correct ? 100.0 / site_golden::kTest : 0;
  }
  return score;
}

template <typename T>
void ExpectComparedAsPyTorch(const MakeNetwork<T>& make, bool trained_per_application) {
  using enum StatisticsKind;
  const auto trained = make(site_golden::Network(trained_per_application));
  StatisticsComparison<T> comparison(make(site_golden::Network(true)), site_golden::kNormMomentum);
  site_golden::Data data;
  site_golden::TrainAsPyTorch(
      *trained, data, [&] { comparison.AfterPass(*trained); }, [](std::size_t) {});
  const auto test = site_golden::First(site_golden::kTest);
  const auto training = site_golden::First(site_golden::kEstimation);
  const auto scores =
      comparison.Evaluate(1, *trained, {data.test_source, test}, {data.train_source, training});
  const std::size_t last = site_golden::kSteps - 1;
  const std::vector<std::pair<std::string, StatisticsScore>> expected{
      {"shared/", GoldenScore(kShared, "shared/log_probabilities", last)},
      {"per_application/", GoldenScore(kPerApplication, "per_application/log_probabilities", last)},
      {"reestimated_shared/",
       GoldenScore(kReestimatedShared, "reestimated_shared/log_probabilities", 0)},
      {"reestimated_per_application/",
       GoldenScore(kReestimatedPerApplication, "reestimated_per_application/log_probabilities", 0)},
      {"batch/", GoldenScore(kBatch, "batch/log_probabilities", 0)}};
  ASSERT_EQ(scores.size(), expected.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto& [name, score] = expected[i];
    EXPECT_EQ(scores[i].kind, score.kind);
    EXPECT_EQ(std::string(NamesOf(scores[i].kind).name) + "/", name);
    EXPECT_NEAR(scores[i].test_loss, score.test_loss,
                Allowed<T>(name + "log_probabilities") + 0x1p-22);
    EXPECT_NEAR(scores[i].test_accuracy, score.test_accuracy, 1e-9) << name;
  }
}

const MakeNetwork<double> kReference64 = [](const Architecture& architecture) {
  return MakeReferenceNetwork<double>(architecture, site_golden::kBatch);
};

MakeNetwork<float> Fast(Simd simd, int threads) {
  return [=](const Architecture& architecture) {
    return MakeFastNetwork(architecture, site_golden::kBatch, {simd, threads});
  };
}

TEST(SiteStatistics, AreThoseOfPyTorchInReference64) { ExpectAllAsPyTorch<double>(kReference64); }

TEST(SiteStatistics, AreThoseOfPyTorchInTheFastEngine) {
  for (const Simd simd : SupportedSimd()) {
    SCOPED_TRACE(SimdName(simd));
    ExpectAllAsPyTorch<float>(Fast(simd, 2));
  }
}

TEST(SiteStatistics, OfEveryKindScoreAsInPyTorch) {
  for (const bool trained_per_application : {false, true}) {
    ExpectComparedAsPyTorch<double>(kReference64, trained_per_application);
    for (const Simd simd : SupportedSimd()) {
      SCOPED_TRACE(SimdName(simd));
      ExpectComparedAsPyTorch<float>(Fast(simd, 2), trained_per_application);
    }
  }
}

TEST(SiteStatistics, AreTheSameBitsForAnyNumberOfThreads) {
  const auto estimate = [](int threads) {
    const auto network = Fast(BestSimd(), threads)(site_golden::Network(true));
    site_golden::Data data;
    synthetic::FillParameters(site_golden::kSalt, network->parameter_infos(),
                              network->parameters());
    return EstimateStatistics(*network, data.train_source,
                              site_golden::First(site_golden::kEstimation));
  };
  const auto one = estimate(1);
  for (const int threads : {2, 3, 5}) EXPECT_EQ(estimate(threads), one) << threads;
}

// Mean and variance of one channel.
StatisticsSite Moments(const char* layer, int application, std::size_t pixels, std::size_t buffer,
                       std::size_t counter, std::size_t batch) {
  return {layer,
          application,
          counter,
          {{.size = 1, .buffer = buffer, .batch = batch, .initial = 0},
           {.size = 1, .buffer = buffer + 1, .batch = batch + 1, .initial = 1}},
          {{.mean = 0, .variance = 1, .values = pixels, .of_channels = true}}};
}

// A unit applied twice, then one applied once, of one channel and two pixels.
const std::vector<StatisticsSite> kTwice{Moments("C1", 1, 2, 0, 0, 0), Moments("C1", 2, 2, 0, 0, 2),
                                         Moments("c2", 1, 1, 2, 1, 4)};

TEST(SiteStatistics, StartFromMeanZeroAndVarianceOne) {
  EXPECT_THAT(InitialStatistics<double>(kTwice), ElementsAre(0, 1, 0, 1, 0, 1));
  EXPECT_THAT(InitialStatistics<float>({}), testing::IsEmpty());
}

TEST(SiteStatistics, RunOnOneAfterTheOtherOrEachByItself) {
  const std::vector<double> batch{4, 8, 2, 16, 6, 3};
  SiteStatistics<double> shared{0, 1, 0, 1, 0, 1}, own = shared;
  UpdateRunning(kTwice, batch, 0.5, true, shared);
  EXPECT_THAT(shared, ElementsAre(2, 10.25, 2, 10.25, 3, 2));  // (1 + 8) / 2, then (4.5 + 16) / 2
  UpdateRunning(kTwice, batch, 0.5, false, own);
  EXPECT_THAT(own, ElementsAre(2, 4.5, 1, 8.5, 3, 2));
}

// Values 1, 3 (mean 2, variance 2) and 5, 9 (7, 8) of the same unit: mean 4.5, variance
// (3.5^2 + 1.5^2 + 0.5^2 + 4.5^2) / 3.
TEST(SiteStatistics, PoolAllValuesOfABlock) {
  EXPECT_THAT(
      PooledOverApplications(kTwice, {2, 2, 7, 8, 6, 0}, 1),
      ElementsAre(4.5, testing::DoubleEq(35.0 / 3), 4.5, testing::DoubleEq(35.0 / 3), 6, 0));
}

// One image and a map of one pixel: a lone value has the variance 0, and no division by zero.
TEST(SiteStatistics, OfALoneValueHaveVarianceZero) {
  ModelOptions options;
  options.norm = "batch";
  const Architecture architecture =
      ParseArchitecture("C3 GAP c4 c10!", site_golden::kShape, site_golden::kClasses, options);
  const auto expect = [](auto& network) {
    site_golden::Data data;
    synthetic::FillParameters(1, network.parameter_infos(), network.parameters());
    const auto estimated = EstimateStatistics(network, data.train_source, {5});
    ASSERT_EQ(estimated.size(), 14u);
    for (const double value : estimated) EXPECT_TRUE(std::isfinite(value));
    for (std::size_t c = 10; c < 14; ++c) EXPECT_EQ(estimated[c], 0) << c;
    for (std::size_t c = 3; c < 6; ++c) EXPECT_GT(estimated[c], 0) << c;
  };
  expect(*MakeReferenceNetwork<double>(architecture, 5));
  expect(*MakeFastNetwork(architecture, 5, {}));
}

// In batches of 1, 15, 16, 17 and 33 the moments are of all images, as one batch of all has them,
// where no layer before normalizes.
TEST(SiteStatistics, OfTheFirstLayerDoNotDependOnTheBatches) {
  const Architecture architecture = site_golden::Network(true);
  const auto estimate = [&](int batch) {
    const auto network = MakeReferenceNetwork<double>(architecture, batch);
    site_golden::Data data;
    synthetic::FillParameters(site_golden::kSalt, network->parameter_infos(),
                              network->parameters());
    auto all = EstimateStatistics(*network, data.train_source, site_golden::First(34));
    all.resize(2 * 5);
    return all;
  };
  const auto whole = estimate(34);
  for (const int batch : {1, 15, 16, 17, 33}) {
    const auto parts = estimate(batch);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      EXPECT_NEAR(parts[i], whole[i], 1e-12 * (1 + whole[i])) << batch;
    }
  }
}

}  // namespace
}  // namespace normlab
