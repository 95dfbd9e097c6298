// One training seen with every kind of batch normalization's statistics: the running ones are those
// of networks that keep them, and the training itself notices nothing.
#include "train/statistics_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "compared_training.h"
#include "train/evaluate.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using enum StatisticsKind;

// Every site's buffers, laid out as SiteStatistics.
template <typename T>
std::vector<T> Running(Network<T>& network) {
  std::vector<T> all;
  for (const StatisticsSite& site : network.statistics_sites()) {
    for (const RunningValue& value : site.values) {
      const auto values = network.buffers().subspan(value.buffer, value.size);
      all.insert(all.end(), values.begin(), values.end());
    }
  }
  return all;
}

template <typename T>
void ExpectRunningKindsAreTheBuffers(const MakeNetwork<T>& make) {
  const Dataset dataset = SmallDataset();
  Trained<T> shared(make, false), own(make, true);
  const TrainResult with_shared = shared.Train(dataset), with_own = own.Train(dataset);
  EXPECT_EQ(with_shared.end, TrainEnd::kFinished);
  EXPECT_THAT(own.network->parameters(), ElementsAreArray(shared.network->parameters()));
  const std::vector<T> shared_buffers = Running(*shared.network),
                       own_buffers = Running(*own.network);
  EXPECT_NE(shared_buffers, own_buffers);
  for (Trained<T>* trained : {&shared, &own}) {
    EXPECT_EQ(Of(trained->comparison, "statistics.shared"), shared_buffers);
    EXPECT_EQ(Of(trained->comparison, "statistics.per_application"), own_buffers);
  }
  ASSERT_EQ(with_shared.epochs.size(), 4u);
  for (std::size_t e = 0; e < 4; ++e) {
    const EpochRecord &a = with_shared.epochs[e], &b = with_own.epochs[e];
    ExpectSameScores(a.statistics, b.statistics);
    EXPECT_EQ(a.statistics[0].test_loss, a.test_loss);  // what the training itself evaluated
    EXPECT_EQ(a.statistics[0].test_accuracy, a.test_accuracy);
    EXPECT_EQ(b.statistics[1].test_loss, b.test_loss);
    EXPECT_EQ(b.statistics[1].test_accuracy, b.test_accuracy);
    EXPECT_NE(a.statistics[0].test_loss, a.statistics[1].test_loss);
  }
}

TEST(StatisticsComparison, RunningKindsAreTheBuffersOfNetworksThatKeepThem) {
  ExpectRunningKindsAreTheBuffers<double>(kReference64);
  ExpectRunningKindsAreTheBuffers<float>(kReference);
  for (const Simd simd : SupportedSimd()) {
    SCOPED_TRACE(SimdName(simd));
    ExpectRunningKindsAreTheBuffers<float>(Fast(simd));
  }
}

template <typename T>
void ExpectTheTrainingNoticesNothing(const MakeNetwork<T>& make) {
  const Dataset dataset = SmallDataset();
  Trained<T> with(make, false), without(make, false);
  Notebook seen, alone;
  const TrainResult compared = with.TrainWith(dataset, "", seen);
  const TrainResult plain = without.TrainWith(dataset, "", alone, 0, false);
  EXPECT_THAT(with.network->parameters(), ElementsAreArray(without.network->parameters()));
  EXPECT_THAT(with.network->buffers(), ElementsAreArray(without.network->buffers()));
  for (std::size_t i = 0; i < with.network->counters().size(); ++i) {
    EXPECT_EQ(with.network->counters()[i].value, without.network->counters()[i].value);
  }
  ExpectSameRecords(compared.epochs, plain.epochs);
  EXPECT_EQ(seen.predictions, alone.predictions);
  EXPECT_EQ(seen.best, alone.best);
  EXPECT_EQ(compared.last.clean_train_loss, plain.last.clean_train_loss);
  EXPECT_EQ(compared.last.batch_statistics_test_loss, plain.last.batch_statistics_test_loss);
  for (const EpochRecord& record : plain.epochs) EXPECT_TRUE(record.statistics.empty());
}

TEST(StatisticsComparison, ChangesNoBitOfTheTraining) {
  ExpectTheTrainingNoticesNothing<double>(kReference64);
  ExpectTheTrainingNoticesNothing<float>(Fast(BestSimd()));
}

// The last epoch's scores once more, each put together by hand.
template <typename T>
void ExpectScoresOfDirectEvaluations(const MakeNetwork<T>& make) {
  const Dataset dataset = SmallDataset();
  Trained<T> trained(make, false);
  const TrainResult result = trained.Train(dataset);
  const auto network = make(Small(kRepeated, true));
  std::ranges::copy(trained.network->parameters(), network->parameters().begin());
  const PixelTable table(dataset.statistics);
  ImageBatch test(dataset.test, kSmall, table, nullptr, 0);
  ImageBatch train(dataset.train, kSmall, table, nullptr, 0);
  std::vector<std::uint32_t> images(dataset.test.size());
  std::iota(images.begin(), images.end(), 0u);
  const auto clean = CleanTrainImages(dataset.train, ChooseHoldOut(103, 20, 1));
  EXPECT_EQ(clean.size(), 83u) << "none that is held out";
  const auto estimated = EstimateStatistics(*network, train, clean);
  const auto pooled = PooledOverApplications(network->statistics_sites(), estimated, clean.size());
  std::vector<StatisticsScore> expected;
  const auto score = [&](StatisticsKind kind, const SiteStatistics<T>& statistics) {
    UseStatistics<T>(statistics, *network);
    const Evaluation evaluation = Evaluate(*network, test, images, nullptr);
    expected.push_back({result.epochs.back().epoch, kind, evaluation.loss, evaluation.accuracy});
  };
  score(kShared, Running(*trained.network));
  score(kPerApplication, Of(trained.comparison, "statistics.per_application"));
  score(kReestimatedShared, {pooled.begin(), pooled.end()});
  score(kReestimatedPerApplication, {estimated.begin(), estimated.end()});
  const Evaluation on_batch = EvaluateOnBatchStatistics(*trained.network, test, images, nullptr);
  expected.push_back({result.epochs.back().epoch, kBatch, on_batch.loss, on_batch.accuracy});
  ExpectSameScores(result.epochs.back().statistics, expected);
  EXPECT_EQ(on_batch.loss, result.last.batch_statistics_test_loss);
}

TEST(StatisticsComparison, ScoresAreThoseOfDirectEvaluations) {
  ExpectScoresOfDirectEvaluations<double>(kReference64);
  ExpectScoresOfDirectEvaluations<float>(Fast(BestSimd()));
}

TEST(StatisticsComparison, HasThreeKindsWhereNoBlockIsRepeated) {
  EXPECT_THAT(StatisticsKinds(Small(kPlain, false).plan->sites),
              ElementsAre(kShared, kReestimatedShared, kBatch));
  EXPECT_THAT(StatisticsKinds(Small(kRepeated, false).plan->sites),
              ElementsAre(kShared, kPerApplication, kReestimatedShared, kReestimatedPerApplication,
                          kBatch));
  Trained<float> trained(Fast(BestSimd()), false, kPlain);
  for (const EpochRecord& record : trained.Train(SmallDataset()).epochs) {
    ASSERT_EQ(record.statistics.size(), 3u);
    EXPECT_EQ(record.statistics[0].kind, kShared);
    EXPECT_EQ(record.statistics[0].test_loss, record.test_loss);
    EXPECT_EQ(record.statistics[1].kind, kReestimatedShared);
    EXPECT_EQ(record.statistics[2].kind, kBatch);
  }
  EXPECT_EQ(Of(trained.comparison, "statistics.shared"),
            Of(trained.comparison, "statistics.per_application"));
}

TEST(StatisticsComparison, KindsHaveNamesOfTheirOwn) {
  std::vector<std::string_view> names;
  for (const StatisticsKind kind : StatisticsKinds(Small(kRepeated, true).plan->sites)) {
    names.push_back(NamesOf(kind).name);
  }
  EXPECT_THAT(names, ElementsAre("shared", "per_application", "reestimated_shared",
                                 "reestimated_per_application", "batch"));
}

TEST(StatisticsComparison, ALossThatIsNotFiniteIsOfItsKindAlone) {
  Trained<double> trained(kReference64, false);
  Breaks<double> notebook(trained.comparison);
  const TrainResult result = trained.TrainWith(SmallDataset(), "", notebook);
  EXPECT_EQ(result.end, TrainEnd::kFinished);
  const std::vector<StatisticsScore>& first = result.epochs.front().statistics;
  EXPECT_FALSE(std::isfinite(first[0].test_loss));
  for (std::size_t i = 1; i < first.size(); ++i)
    EXPECT_TRUE(std::isfinite(first[i].test_loss)) << i;
}

}  // namespace
}  // namespace normlab
