// evaluate --reestimate against the same done step by step, and what it refuses.
#include "inference/reestimation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "engine/registry.h"
#include "inference/evaluation.h"
#include "inference/evaluation_text.h"
#include "report/figures/png.h"
#include "tests/inference/make_checkpoint.h"
#include "train/site_statistics.h"

namespace normlab {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Config WithStatistics(const std::string& sets) {
  Config config = SmallConfig();
  config.bn_statistics = sets;
  return config;
}

EvaluationReport Reestimated(const SmallStudy& study, const std::string& sets,
                             EvaluationOptions options = {}) {
  options.data_dir = study.data;
  options.reestimate = sets;
  return EvaluateCheckpoint(OpenCheckpoint(study.path), options);
}

std::vector<std::uint32_t> Everything(const Split& split) {
  std::vector<std::uint32_t> images(split.size());
  std::iota(images.begin(), images.end(), 0u);
  return images;
}

// Two applications' statistics, each of `values` values a channel: of all of them together.
void Pool(const SiteStatistics<double>& all, const StatisticsSite& one, const StatisticsSite& two,
          double values, std::vector<float>& mean, std::vector<float>& variance) {
  const std::size_t channels = one.values.front().size;
  for (std::size_t c = 0; c < channels; ++c) {
    const double m1 = all[one.batch() + c], m2 = all[two.batch() + c];
    const double v1 = all[one.batch() + channels + c], v2 = all[two.batch() + channels + c];
    const double both = (m1 + m2) / 2;
    mean.push_back(static_cast<float>(both));
    variance.push_back(
        static_cast<float>(((values - 1) * (v1 + v2) +
                            values * ((m1 - both) * (m1 - both) + (m2 - both) * (m2 - both))) /
                           (2 * values - 1)));
  }
}

using Buffers = std::map<std::string, std::vector<float>>;

// `estimated` under the names of tensors: the unit C3 is applied twice and has one set or two.
Buffers NamedBuffers(const std::vector<StatisticsSite>& sites,
                     const SiteStatistics<double>& estimated, const std::string& sets,
                     std::size_t images) {
  Buffers buffers;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const StatisticsSite& site = sites[i];
    const bool apart = site.layer == "C3" && sets == "per_application";
    const std::string suffix = apart ? "_" + std::to_string(site.application) : std::string();
    std::vector<float>& mean = buffers[site.layer + ".norm.running_mean" + suffix];
    std::vector<float>& variance = buffers[site.layer + ".norm.running_var" + suffix];
    if (site.layer == "C3" && !apart) {
      if (site.application == 2) continue;
      Pool(estimated, site, sites[i + 1], static_cast<double>(images * site.moments.front().values),
           mean, variance);
      continue;
    }
    const auto first = estimated.begin() + static_cast<std::ptrdiff_t>(site.batch());
    const auto middle = first + static_cast<std::ptrdiff_t>(site.values.front().size);
    mean.assign(first, middle);
    variance.assign(middle, first + static_cast<std::ptrdiff_t>(site.size()));
  }
  return buffers;
}

// The log-probabilities of `test`, step by step.
std::vector<float> ByHand(const SmallStudy& study, const std::string& sets, const Split& test) {
  const int batch = study.config.batch_size;
  const auto trained = MakeFastNetwork(MakeArchitecture(study.config), batch, {});
  LoadCheckpoint(study.path, *trained);
  const PixelTable table(study.dataset.statistics);
  const Split& train = study.dataset.train;
  ImageBatch training(train, study.dataset.shape, table, nullptr, 0);
  const auto images = CleanTrainImages(train, {Everything(train), {}});
  const Buffers buffers =
      NamedBuffers(trained->statistics_sites(), EstimateStatistics(*trained, training, images),
                   sets, images.size());
  Config config = study.config;
  config.bn_statistics = sets;
  const auto network = MakeFastNetwork(MakeArchitecture(config), batch, {});
  std::ranges::copy(trained->parameters(), network->parameters().begin());
  for (const BufferInfo& info : network->buffer_infos()) {
    const std::vector<float>& values = buffers.at(info.name);
    EXPECT_EQ(values.size(), info.size) << info.name;
    std::ranges::copy(values,
                      network->buffers().begin() + static_cast<std::ptrdiff_t>(info.offset));
  }
  ImageBatch source(test, study.dataset.shape, table, nullptr, 0);
  std::vector<float> rows;
  Evaluate(*network, source, Everything(test), &rows);
  return rows;
}

double Distance(const std::vector<float>& a, const std::vector<float>& b) {
  EXPECT_EQ(a.size(), b.size());
  double distance = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    distance = std::max(distance, std::abs(double{a[i]} - b[i]));
  }
  return distance;
}

// How far the logarithms of probabilities may lie apart when statistics are rounded once more.
constexpr double kRounding = 1e-5;

TEST(Reestimation, IsWhatItsStepsGive) {
  for (const char* trained : {"shared", "per_application"}) {
    const SmallStudy study(WithStatistics(trained));
    std::map<std::string, std::vector<float>> rows;
    for (const char* sets : {"shared", "per_application"}) {
      const EvaluationReport report = Reestimated(study, sets);
      ASSERT_TRUE(report.reestimated);
      rows[sets] = report.reestimated->log_probabilities;
      EXPECT_LE(Distance(rows[sets], ByHand(study, sets, study.dataset.test)), kRounding)
          << trained << ", " << sets;
      EXPECT_EQ(report.reestimated_from, 40);
      EXPECT_GT(Distance(rows[sets], report.score.log_probabilities), 0.01)
          << "the checkpoint's own statistics are random";
    }
    EXPECT_GT(Distance(rows["shared"], rows["per_application"]), 100 * kRounding)
        << "a test in which both are the same tells nothing";
  }
}

TEST(Reestimation, DoesNotDependOnWhatTheCheckpointKept) {
  const SmallStudy one(WithStatistics("shared")), two(WithStatistics("per_application"));
  for (const char* sets : {"shared", "per_application"}) {
    const EvaluationReport of_one = Reestimated(one, sets), of_two = Reestimated(two, sets);
    EXPECT_EQ(of_one.reestimated->log_probabilities, of_two.reestimated->log_probabilities);
    EXPECT_NE(of_one.score.log_probabilities, of_two.score.log_probabilities);
  }
}

TEST(Reestimation, CountsWhatTheOthersCount) {
  const SmallStudy study;
  const EvaluationReport report = Reestimated(study, "per_application");
  const auto predictions = Predictions(report.score.log_probabilities, 10);
  const auto others = Predictions(report.reestimated->log_probabilities, 10);
  int changed = 0, correct = 0;
  double loss = 0;
  for (std::size_t i = 0; i < 37; ++i) {
    changed += predictions[i] != others[i];
    correct += others[i] == report.labels[i];
    loss -= report.reestimated->log_probabilities[10 * i + report.labels[i]] / 37.0;
  }
  EXPECT_GT(changed, 0);
  EXPECT_EQ(report.reestimated_changed, changed);
  EXPECT_EQ(report.reestimated->correct, correct);
  EXPECT_NEAR(report.reestimated->loss, loss, 1e-6);
  EXPECT_LE(report.reestimated->interval.low, correct / 37.0);
  EXPECT_GE(report.reestimated->interval.high, correct / 37.0);
  EvaluationOptions options;
  options.data_dir = study.data;
  const EvaluationReport without = EvaluateCheckpoint(OpenCheckpoint(study.path), options);
  EXPECT_FALSE(without.reestimated);
  EXPECT_EQ(without.score.log_probabilities, report.score.log_probabilities);
  EXPECT_EQ(without.on_batch->log_probabilities, report.on_batch->log_probabilities);
}

TEST(Reestimation, TakesEveryEngineAndAnyNumberOfThreads) {
  const SmallStudy study;
  const EvaluationReport fast = Reestimated(study, "shared");
  for (const Engine& engine : Engines()) {
    EvaluationOptions options;
    options.engine = {.engine = std::string(engine.name), .threads = 3};
    const auto rows = Reestimated(study, "shared", options).reestimated->log_probabilities;
    EXPECT_LE(Distance(rows, fast.reestimated->log_probabilities),
              engine.name == EngineOptions().engine ? 0 : 1e-4)
        << engine.name;
  }
}

// On another data set the statistics are still those of the network's own training images.
TEST(Reestimation, OnAnotherDataSetEstimatesOnItsOwn) {
  const SmallStudy study;
  WriteNoiseMnist(study.data + "/FashionMNIST/raw", 23, 17);
  EvaluationOptions options;
  options.data = "fashion-mnist";
  const EvaluationReport report = Reestimated(study, "shared", options);
  EXPECT_EQ(report.dataset, "fashion-mnist");
  EXPECT_EQ(report.reestimated_from, 40);
  const Dataset fashion = LoadDataset("fashion-mnist", study.data);
  EXPECT_LE(Distance(report.reestimated->log_probabilities, ByHand(study, "shared", fashion.test)),
            kRounding);
}

// `value` in every pixel of a training image of MNIST's file.
void Repaint(const SmallStudy& study, std::uint32_t image, char value) {
  const std::string path = study.data + "/train-images-idx3-ubyte";
  std::string bytes = ReadFile(path);
  std::fill_n(bytes.begin() + 16 + image * 28 * 28, 28 * 28, value);
  WriteFile(path, bytes);
}

TEST(Reestimation, LeavesOutWhatTrainingHeldOut) {
  Config config = SmallConfig();
  config.validation = 9;
  config.seed = 5;
  const SmallStudy study(config);
  const HoldOut held_out = ChooseHoldOut(40, 9, 5);
  const EvaluationReport before = Reestimated(study, "shared");
  EXPECT_EQ(before.reestimated_from, 31);
  for (const std::uint32_t image : held_out.validation) Repaint(study, image, '\0');
  EXPECT_EQ(Reestimated(study, "shared").reestimated->log_probabilities,
            before.reestimated->log_probabilities);
  Repaint(study, held_out.training[7], '\0');
  EXPECT_NE(Reestimated(study, "shared").reestimated->log_probabilities,
            before.reestimated->log_probabilities);
}

TEST(Reestimation, IsToldInTheTableAndInJson) {
  const SmallStudy study;
  const Checkpoint checkpoint = OpenCheckpoint(study.path);
  EvaluationOptions options;
  for (const auto& [sets, words] : std::map<std::string, std::string>{
           {"shared", "one set for a unit, however often it is applied"},
           {"per_application", "a set for each application of a unit"}}) {
    const EvaluationReport report = Reestimated(study, sets);
    options.reestimate = sets;
    const Score& score = *report.reestimated;
    EXPECT_THAT(EvaluationTable(checkpoint, options, report),
                AllOf(HasSubstr(fmt::format("with re-estimated statistics     {:>9.6f} {:>8.2f} %",
                                            score.loss, score.accuracy)),
                      HasSubstr(fmt::format("re-estimated from 40 training images, {}; {} images",
                                            words, report.reestimated_changed))));
    const auto json = nlohmann::json::parse(EvaluationJson(checkpoint, options, report));
    const auto& part = json["reestimated_statistics"];
    EXPECT_EQ(part["loss"].get<double>(), score.loss);
    EXPECT_EQ(part["accuracy"].get<double>(), score.accuracy);
    EXPECT_EQ(part["correct"], score.correct);
    EXPECT_EQ(part["interval"]["method"], "wilson");
    EXPECT_EQ(part["statistics"], sets);
    EXPECT_EQ(part["training_images"], 40);
    EXPECT_EQ(part["changed_predictions"], report.reestimated_changed);
  }
  const EvaluationReport none = Reestimated(study, "");
  EXPECT_TRUE(nlohmann::json::parse(EvaluationJson(checkpoint, {}, none))["reestimated_statistics"]
                  .is_null());
  EXPECT_THAT(EvaluationTable(checkpoint, {}, none), Not(HasSubstr("re-estimated")));
}

TEST(Reestimation, IsWrittenImageByImage) {
  const SmallStudy study;
  const std::string path = study.folder / "predictions.safetensors";
  const EvaluationReport report = Reestimated(study, "per_application");
  WriteEvaluationPredictions(path, report);
  const TensorFile file = ReadTensors(path);
  const NamedTensor* tensor = file.Find("log_probabilities_on_reestimated_statistics");
  ASSERT_NE(tensor, nullptr);
  EXPECT_EQ(tensor->shape, (std::vector<std::int64_t>{37, 10}));
  const auto rows = ToDoubles(*tensor, path);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i], report.reestimated->log_probabilities[i]);
  }
}

std::string Refusal(ExitCode code, const SmallStudy& study, const std::string& sets,
                    const EvaluationOptions& options = {}) {
  try {
    Reestimated(study, sets, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), Not(HasSubstr("\n")));
    return error.what();
  }
  return "accepted";
}

TEST(Reestimation, RefusesAnotherWordAndAnotherNormalization) {
  EXPECT_THAT(Refusal(ExitCode::kUsage, SmallStudy(), "both"),
              HasSubstr("--reestimate both: expected shared or per_application"));
  for (const char* norm : {"layer", "none"}) {
    EXPECT_THAT(Refusal(ExitCode::kUsage, SmallStudy(SmallConfig(norm)), "shared"),
                HasSubstr(std::string("norm = ") + norm + ", which keeps no running statistics"));
  }
}

TEST(Reestimation, RefusesANetworkThatIsNotFinite) {
  const SmallStudy study;
  TensorFile file = ReadTensors(study.path);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (NamedTensor& tensor : file.tensors) {
    if (tensor.name != "C2.norm.weight") continue;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&nan), 4, tensor.bytes.begin());
  }
  WriteTensors(study.path, file);
  EXPECT_THAT(Refusal(ExitCode::kData, study, "shared"), HasSubstr("such values is C2"));
}

// Its labels would be outside of the network's classes.
TEST(Reestimation, RefusesAnOwnDataSetThatBecameAnother) {
  SmallStudy study;
  const std::string photos = study.folder / "photos";
  for (int label = 0; label < 11; ++label) {
    for (const char* split : {"train", "test"}) {
      const std::string below = photos + "/" + split + "/" + std::to_string(10 + label);
      std::filesystem::create_directories(below);
      WriteFile(below + "/1.png", EncodePng({28, 28, std::vector<std::uint8_t>(28 * 28 * 3, 9)}));
    }
  }
  TensorFile file = ReadTensors(study.path);
  std::string& config = file.metadata["config"];
  const std::string mnist = "dataset = \"mnist\"";
  ASSERT_NE(config.find(mnist), std::string::npos) << config;
  config.replace(config.find(mnist), mnist.size(), "dataset = \"folder:" + photos + "@1x28x28\"");
  WriteTensors(study.path, file);
  EvaluationOptions options;
  options.data = "mnist";
  EXPECT_THAT(Refusal(ExitCode::kData, study, "shared", options),
              AllOf(HasSubstr("a network for 10 classes"), HasSubstr("11 classes")));
}

// One image is enough where its maps have several pixels.
TEST(Reestimation, TakesALoneImageWhereItHasSeveralPixels) {
  const SmallStudy lone(SmallConfig(), 1, 5);
  const EvaluationReport report = Reestimated(lone, "per_application");
  EXPECT_EQ(report.reestimated_from, 1);
  EXPECT_LE(Distance(report.reestimated->log_probabilities,
                     ByHand(lone, "per_application", lone.dataset.test)),
            kRounding);
  const SmallStudy last(SmallConfig(), 33, 5);  // 33 = 2 * 16 + 1
  EXPECT_LE(Distance(Reestimated(last, "shared").reestimated->log_probabilities,
                     ByHand(last, "shared", last.dataset.test)),
            kRounding);
}

TEST(Reestimation, RefusesALastBatchWithoutAVariance) {
  Config config = SmallConfig();
  config.model = "C4 GAP c6 c10!";  // c2 normalizes maps of one pixel
  const SmallStudy study(config, 33, 5);
  EXPECT_THAT(Refusal(ExitCode::kUsage, study, "shared"),
              HasSubstr("--reestimate: 33 training images in batches of 16: a batch of 1 leaves"));
  EvaluationOptions options;
  options.batch = 15;
  EXPECT_EQ(Refusal(ExitCode::kUsage, study, "shared", options), "accepted");
  EXPECT_THAT(Refusal(ExitCode::kUsage, SmallStudy(config, 1, 5), "shared"),
              HasSubstr("--reestimate: 1 training images in batches of 16: a batch of 1 leaves"));
}

}  // namespace
}  // namespace normlab
