// One training seen with every kind of batch normalization's statistics: the running ones are those
// of networks that keep them, and the training itself notices nothing.
#include "train/statistics_comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <numeric>

#include "base/error.h"
#include "model/initialize.h"
#include "model/network.h"
#include "small_data.h"
#include "temporary_folder.h"
#include "train/evaluate.h"
#include "train/safetensors.h"
#include "train/trainer.h"

namespace normlab {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using enum StatisticsKind;

constexpr double kMomentum = 0.2;
constexpr int kBatchSize = 16;     // 83 training images: the last batch of an epoch has 3
constexpr int kStepsPerEpoch = 6;  // after 20 images are held out of 103

constexpr char kRepeated[] = "C8 C8x2 P c6 c6x3 GAP c3!";
constexpr char kPlain[] = "C8 C8 P c6 GAP c3!";

Architecture Small(const std::string& model, bool per_application) {
  ModelOptions options;
  options.norm = "batch";
  options.norm_momentum = kMomentum;
  options.dropout = 0.2;
  options.statistics_per_application = per_application;
  return ParseArchitecture(model, kSmall, 3, options);
}

TrainOptions Options() {
  TrainOptions options;
  options.epochs = 4;
  options.batch_size = kBatchSize;
  options.validation = 20;
  options.optimizer = {"sgd", 0.05, 0.9, false, 0.001};
  options.schedule = {"multistep", {{"gamma", 0.5}}, {{"milestones", "1 3"}}};
  return options;
}

template <typename T>
using MakeNetwork = std::function<std::unique_ptr<Network<T>>(const Architecture&)>;

const MakeNetwork<double> kReference64 = [](const Architecture& architecture) {
  return MakeReferenceNetwork<double>(architecture, kBatchSize);
};
const MakeNetwork<float> kReference = [](const Architecture& architecture) {
  return MakeReferenceNetwork<float>(architecture, kBatchSize);
};

MakeNetwork<float> Fast(Simd simd) {
  return [=](const Architecture& architecture) {
    return MakeFastNetwork(architecture, kBatchSize, {simd, 2});
  };
}

// A network in training and what is compared beside it.
template <typename T>
struct Trained {
  Trained(const MakeNetwork<T>& make, bool per_application, const std::string& model = kRepeated)
      : network(make(Small(model, per_application))),
        comparison(make(Small(model, true)), kMomentum) {
    InitializeParameters<T>(Small(model, per_application), 1, network->parameters());
    InitializeBuffers<T>(Small(model, per_application), network->buffers());
  }

  TrainResult Train(const Dataset& dataset, const std::string& state = "", Notebook notebook = {}) {
    return TrainWith(dataset, state, notebook);
  }

  TrainResult TrainWith(const Dataset& dataset, const std::string& state, Notebook& notebook,
                        std::int64_t stop_at = 0, bool compared = true) {
    std::atomic<bool> stop = false;
    notebook.stop = &stop;
    notebook.stop_at = stop_at;
    return normlab::Train<T>(*network, dataset, nullptr, Options(), state, notebook, stop,
                             compared ? &comparison : nullptr);
  }

  std::unique_ptr<Network<T>> network;
  StatisticsComparison<T> comparison;
};

// Every site's buffers, laid out as SiteStatistics.
template <typename T>
std::vector<T> Running(Network<T>& network) {
  std::vector<T> all;
  for (const StatisticsSite& site : network.statistics_sites()) {
    for (const std::size_t offset : {site.running_mean, site.running_var}) {
      const auto values = network.buffers().subspan(offset, site.channels);
      all.insert(all.end(), values.begin(), values.end());
    }
  }
  return all;
}

template <typename T>
const SiteStatistics<T>& Of(StatisticsComparison<T>& comparison, const std::string& name) {
  for (const auto& part : comparison.state()) {
    if (part.name == name) return part.values;
  }
  throw RunError("no state " + name);
}

// Equal bits, where the numbers are finite.
void ExpectSameScores(const std::vector<StatisticsScore>& a,
                      const std::vector<StatisticsScore>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].kind, b[i].kind);
    EXPECT_EQ(std::isfinite(a[i].loss), std::isfinite(b[i].loss));
    if (std::isfinite(a[i].loss)) {
      EXPECT_EQ(a[i].loss, b[i].loss);
    }
    EXPECT_EQ(a[i].accuracy, b[i].accuracy);
  }
}

void ExpectSameRecords(const std::vector<EpochRecord>& a, const std::vector<EpochRecord>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].epoch, b[i].epoch);
    EXPECT_EQ(a[i].train_loss, b[i].train_loss);
    EXPECT_EQ(a[i].train_accuracy, b[i].train_accuracy);
    EXPECT_EQ(a[i].test_loss, b[i].test_loss);
    EXPECT_EQ(a[i].test_correct, b[i].test_correct);
    EXPECT_EQ(a[i].validation_loss, b[i].validation_loss);
    EXPECT_EQ(a[i].penalty, b[i].penalty);
    EXPECT_EQ(a[i].learning_rate, b[i].learning_rate);
  }
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
    EXPECT_EQ(a.statistics[0].loss, a.test_loss);  // what the training itself evaluated
    EXPECT_EQ(a.statistics[0].accuracy, a.test_accuracy);
    EXPECT_EQ(b.statistics[1].loss, b.test_loss);
    EXPECT_EQ(b.statistics[1].accuracy, b.test_accuracy);
    EXPECT_NE(a.statistics[0].loss, a.statistics[1].loss);
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
    expected.push_back({kind, evaluation.loss, evaluation.accuracy});
  };
  score(kShared, Running(*trained.network));
  score(kPerApplication, Of(trained.comparison, "statistics.per_application"));
  score(kReestimatedShared, {pooled.begin(), pooled.end()});
  score(kReestimatedPerApplication, {estimated.begin(), estimated.end()});
  const Evaluation on_batch = EvaluateOnBatchStatistics(*trained.network, test, images, nullptr);
  expected.push_back({kBatch, on_batch.loss, on_batch.accuracy});
  ExpectSameScores(result.epochs.back().statistics, expected);
  EXPECT_EQ(on_batch.loss, result.last.batch_statistics_test_loss);
}

TEST(StatisticsComparison, ScoresAreThoseOfDirectEvaluations) {
  ExpectScoresOfDirectEvaluations<double>(kReference64);
  ExpectScoresOfDirectEvaluations<float>(Fast(BestSimd()));
}

TEST(StatisticsComparison, HasThreeKindsWhereNoBlockIsRepeated) {
  EXPECT_THAT(StatisticsKinds(StatisticsSites(Small(kPlain, false))),
              ElementsAre(kShared, kReestimatedShared, kBatch));
  EXPECT_THAT(StatisticsKinds(StatisticsSites(Small(kRepeated, false))),
              ElementsAre(kShared, kPerApplication, kReestimatedShared, kReestimatedPerApplication,
                          kBatch));
  Trained<float> trained(Fast(BestSimd()), false, kPlain);
  for (const EpochRecord& record : trained.Train(SmallDataset()).epochs) {
    ASSERT_EQ(record.statistics.size(), 3u);
    EXPECT_EQ(record.statistics[0].kind, kShared);
    EXPECT_EQ(record.statistics[0].loss, record.test_loss);
    EXPECT_EQ(record.statistics[1].kind, kReestimatedShared);
    EXPECT_EQ(record.statistics[2].kind, kBatch);
  }
  EXPECT_EQ(Of(trained.comparison, "statistics.shared"),
            Of(trained.comparison, "statistics.per_application"));
}

TEST(StatisticsComparison, KindsHaveNamesOfTheirOwn) {
  std::vector<std::string_view> names;
  for (const StatisticsKind kind : StatisticsKinds(StatisticsSites(Small(kRepeated, true)))) {
    names.push_back(StatisticsName(kind));
  }
  EXPECT_THAT(names, ElementsAre("shared", "per_application", "reestimated_shared",
                                 "reestimated_per_application", "batch"));
}

// Makes one kind's variances negative before each evaluation of the first epoch.
template <typename T>
struct Breaks : Notebook {
  explicit Breaks(StatisticsComparison<T>& of) : comparison(of) {}
  void OnLastPass(int epoch) override {
    Notebook::OnLastPass(epoch);
    if (epoch != 1) return;
    for (auto& part : comparison.state()) {
      if (part.name == "statistics.shared") std::ranges::fill(part.values, T{-1});
    }
  }
  StatisticsComparison<T>& comparison;
};

TEST(StatisticsComparison, ALossThatIsNotFiniteIsOfItsKindAlone) {
  Trained<double> trained(kReference64, false);
  Breaks<double> notebook(trained.comparison);
  const TrainResult result = trained.TrainWith(SmallDataset(), "", notebook);
  EXPECT_EQ(result.end, TrainEnd::kFinished);
  const std::vector<StatisticsScore>& first = result.epochs.front().statistics;
  EXPECT_FALSE(std::isfinite(first[0].loss));
  for (std::size_t i = 1; i < first.size(); ++i) EXPECT_TRUE(std::isfinite(first[i].loss)) << i;
}

template <typename T>
void ExpectSameAfterEveryCut(const MakeNetwork<T>& make) {
  const Dataset dataset = SmallDataset();
  const TemporaryFolder folder;
  Trained<T> whole(make, false);
  Breaks<T> noted(whole.comparison);
  const TrainResult expected = whole.TrainWith(dataset, "", noted);
  ASSERT_EQ(expected.epochs.size(), 4u);
  for (int cut = 1; cut < 4 * kStepsPerEpoch; cut += 5) {
    SCOPED_TRACE("killed after step " + std::to_string(cut));
    const std::string state = folder / std::to_string(cut);
    Trained<T> killed(make, false), resumed(make, false);
    Breaks<T> first(killed.comparison), second(resumed.comparison);
    EXPECT_EQ(killed.TrainWith(dataset, state, first, cut).end, TrainEnd::kInterrupted);
    const TrainResult result = resumed.TrainWith(dataset, state, second);
    EXPECT_EQ(result.end, TrainEnd::kFinished);
    EXPECT_EQ(second.finished.size(), 4 - first.finished.size());
    ExpectSameRecords(result.epochs, expected.epochs);
    for (std::size_t e = 0; e < result.epochs.size(); ++e) {
      ExpectSameScores(result.epochs[e].statistics, expected.epochs[e].statistics);
    }
    for (const char* name : {"statistics.shared", "statistics.per_application"}) {
      EXPECT_EQ(Of(resumed.comparison, name), Of(whole.comparison, name));
    }
    EXPECT_THAT(resumed.network->parameters(), ElementsAreArray(whole.network->parameters()));
    EXPECT_THAT(resumed.network->buffers(), ElementsAreArray(whole.network->buffers()));
  }
}

TEST(StatisticsComparison, GoesOnAfterAKillToTheSameBits) {
  ExpectSameAfterEveryCut<double>(kReference64);
  ExpectSameAfterEveryCut<float>(Fast(BestSimd()));
}

class SavedComparison : public testing::Test {
 protected:
  SavedComparison() { Trained<double>(kReference64, false).Train(dataset_, state_); }

  // The line that a training from the changed state ends with.
  std::string Line(const std::function<void(TensorFile&)>& change, bool compared = true) {
    TensorFile file = ReadTensors(state_);
    change(file);
    const std::string path = folder_ / "changed";
    WriteTensors(path, file);
    Trained<double> trained(kReference64, false);
    Notebook notebook;
    try {
      trained.TrainWith(dataset_, path, notebook, 0, compared);
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), testing::StartsWith(path));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "accepted";
  }

  static std::function<void(TensorFile&)> InEpochs(const std::string& from, const std::string& to) {
    return [=](TensorFile& file) {
      std::string& text = file.metadata.at("epochs");
      const std::size_t at = text.find(from);
      ASSERT_NE(at, std::string::npos) << from;
      text.replace(at, from.size(), to);
    };
  }

  Dataset dataset_ = SmallDataset();
  TemporaryFolder folder_;
  std::string state_ = folder_ / "state";
};

NamedTensor& Find(TensorFile& file, const std::string& name) {
  return *std::ranges::find(file.tensors, name, &NamedTensor::name);
}

TEST_F(SavedComparison, IsReadAsItWasWritten) {
  EXPECT_EQ(Line([](TensorFile&) {}), "accepted");
}

TEST_F(SavedComparison, IsRefusedWithoutItsStatistics) {
  for (const char* name : {"statistics.shared", "statistics.per_application"}) {
    EXPECT_THAT(Line([&](TensorFile& file) {
                  std::erase_if(file.tensors, [&](const NamedTensor& t) { return t.name == name; });
                }),
                testing::AllOf(HasSubstr(std::string("tensor '") + name + "' is missing"),
                               HasSubstr("remove the file to train from the start")));
  }
  EXPECT_THAT(Line([](TensorFile& file) {
                NamedTensor& tensor = Find(file, "statistics.shared");
                tensor.shape = {3};
                tensor.bytes.resize(3 * sizeof(double));
              }),
              HasSubstr("tensor 'statistics.shared' has 3 values, expected 96"));
  EXPECT_THAT(Line([](TensorFile& file) { Find(file, "statistics.shared").name = "other"; }),
              HasSubstr("tensor 'statistics.shared' is missing"));
}

TEST_F(SavedComparison, IsRefusedByATrainingThatComparesNothing) {
  EXPECT_THAT(Line([](TensorFile&) {}, false),
              HasSubstr("tensor 'statistics.per_application' is not one of this network's"));
}

TEST_F(SavedComparison, IsRefusedWithBrokenScores) {
  EXPECT_THAT(Line(InEpochs("\"reestimated_shared\"", "\"reestimated\"")),
              HasSubstr("no known name"));
  EXPECT_THAT(Line(InEpochs("\"statistics\":[", "\"statistics\":[7,")), HasSubstr("no known name"));
  EXPECT_THAT(Line(InEpochs("\"statistics\":[", "\"statistics\":7,\"x\":[")),
              HasSubstr("not a list"));
  EXPECT_THAT(Line(InEpochs("{\"accuracy\":", "{\"x\":")), HasSubstr("a number 'accuracy'"));
  EXPECT_THAT(Line(InEpochs("\"loss\":", "\"loss\":\"much\",\"x\":")),
              HasSubstr("a number 'loss'"));
}

}  // namespace
}  // namespace normlab
