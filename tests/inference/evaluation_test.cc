// Evaluations of a checkpoint against the training loop's own, and what cannot be evaluated.
#include "inference/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "engine/registry.h"
#include "inference/evaluation_text.h"
#include "tests/inference/make_checkpoint.h"
#include "train/batches.h"
#include "train/evaluate.h"

namespace normlab {
namespace {

using ::testing::HasSubstr;

EvaluationOptions In(const SmallStudy& study) {
  EvaluationOptions options;
  options.data_dir = study.data;
  return options;
}

EvaluationReport EvaluateStudy(const SmallStudy& study, const EvaluationOptions& options) {
  return EvaluateCheckpoint(OpenCheckpoint(study.path), options);
}

// What the training loop computes after an epoch.
Evaluation AsTraining(const SmallStudy& study, std::vector<float>& rows) {
  const auto network = MakeFastNetwork(MakeArchitecture(study.config), study.config.batch_size, {});
  LoadCheckpoint(study.path, *network);
  const PixelTable table(study.dataset.statistics);
  ImageBatch source(study.dataset.test, study.dataset.shape, table, nullptr, 1);
  std::vector<std::uint32_t> images(study.dataset.test.size());
  std::iota(images.begin(), images.end(), 0u);
  return Evaluate(*network, source, images, &rows);
}

TEST(EvaluateCheckpoint, GivesTheBitsThatTrainingGives) {
  const SmallStudy study;
  std::vector<float> rows;
  const Evaluation training = AsTraining(study, rows);
  for (const int threads : {1, 2, 3}) {
    EvaluationOptions options = In(study);
    options.engine.threads = threads;
    const EvaluationReport report = EvaluateStudy(study, options);
    EXPECT_EQ(report.score.loss, training.loss);
    EXPECT_EQ(report.score.correct, training.correct);
    EXPECT_EQ(report.score.accuracy, training.accuracy);
    EXPECT_EQ(report.score.log_probabilities, rows);
    EXPECT_EQ(report.batch, 16);
    EXPECT_EQ(report.last_batch, 37 - 2 * 16);
  }
}

TEST(EvaluateCheckpoint, CountsEveryImageOnce) {
  const SmallStudy study;
  const EvaluationReport report = EvaluateStudy(study, In(study));
  int images = 0, correct = 0;
  for (std::size_t c = 0; c < report.classes.size(); ++c) {
    images += report.classes[c].images;
    correct += report.classes[c].correct;
    EXPECT_EQ(report.classes[c].images, std::ranges::count(study.dataset.test.labels, c));
  }
  EXPECT_EQ(images, 37);
  EXPECT_EQ(correct, report.score.correct);
  EXPECT_LE(report.score.interval.low, report.score.accuracy / 100);
  EXPECT_GE(report.score.interval.high, report.score.accuracy / 100);
}

TEST(EvaluateCheckpoint, ShowsBatchStatisticsOfBatchNormalizationAlone) {
  const SmallStudy study;
  EvaluationOptions options = In(study);
  const EvaluationReport one = EvaluateStudy(study, options);
  ASSERT_TRUE(one.on_batch);
  EXPECT_NE(one.on_batch->loss, one.score.loss);
  int changed = 0;
  const auto others = Predictions(one.on_batch->log_probabilities, 10);
  const auto predictions = Predictions(one.score.log_probabilities, 10);
  for (int i = 0; i < 37; ++i) changed += others[i] != predictions[i];
  EXPECT_EQ(one.changed, changed);
  options.engine.threads = 3;
  EXPECT_EQ(EvaluateStudy(study, options).on_batch->log_probabilities,
            one.on_batch->log_probabilities)
      << "batches do not depend on threads";
  options.batch = 37;
  EXPECT_NE(EvaluateStudy(study, options).on_batch->log_probabilities,
            one.on_batch->log_probabilities);
  EXPECT_EQ(EvaluateStudy(study, options).score.log_probabilities, one.score.log_probabilities);
  const SmallStudy layer(SmallConfig("layer"));
  EXPECT_FALSE(EvaluateStudy(layer, In(layer)).on_batch);
}

// The mirrored images in a folder of their own, the two results averaged by hand.
TEST(EvaluateCheckpoint, AveragesTheViewsThatAreAskedFor) {
  const SmallStudy study;
  const Checkpoint checkpoint = OpenCheckpoint(study.path);
  EvaluationOptions options = In(study);
  options.views = "flip";
  const EvaluationReport report = EvaluateCheckpoint(checkpoint, options);
  ASSERT_TRUE(report.views);

  const std::string images = "/t10k-images-idx3-ubyte", mirrored = study.folder / "mirrored";
  std::filesystem::copy(study.data, mirrored, std::filesystem::copy_options::recursive);
  std::string bytes = ReadFile(study.data + images);
  for (std::size_t row = 16; row < bytes.size(); row += 28) {
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(row),
                 bytes.begin() + static_cast<std::ptrdiff_t>(row) + 28);
  }
  WriteFile(mirrored + images, bytes);
  EvaluationOptions of_mirrored;
  of_mirrored.data_dir = mirrored;
  const EvaluationReport other = EvaluateCheckpoint(checkpoint, of_mirrored);

  int correct = 0, changed = 0;
  double loss = 0;
  const auto plain = Predictions(report.score.log_probabilities, 10);
  for (std::size_t i = 0; i < 37; ++i) {
    std::vector<double> logits;
    double sum = 0;
    for (std::size_t at = 10 * i; at < 10 * i + 10; ++at) {
      logits.push_back((static_cast<double>(report.score.log_probabilities[at]) +
                        static_cast<double>(other.score.log_probabilities[at])) /
                       2);
      sum += std::exp(logits.back());
    }
    for (std::size_t k = 0; k < 10; ++k) {
      EXPECT_NEAR(report.views->log_probabilities[10 * i + k], logits[k] - std::log(sum), 1e-5);
    }
    const auto predicted = std::ranges::max_element(logits) - logits.begin();
    correct += predicted == report.labels[i];
    changed += predicted != plain[i];
    loss += (std::log(sum) - logits[report.labels[i]]) / 37;
  }
  EXPECT_NEAR(report.views->loss, loss, 1e-6);
  EXPECT_EQ(report.views->correct, correct);
  EXPECT_EQ(report.views_changed, changed);
  EXPECT_NE(report.views->loss, report.score.loss);
  EXPECT_EQ(EvaluateStudy(study, In(study)).score.loss, report.score.loss);
  EXPECT_THAT(EvaluationTable(checkpoint, options, report),
              HasSubstr("several views of each (flip)"));
  const auto json = nlohmann::json::parse(EvaluationJson(checkpoint, options, report));
  EXPECT_EQ(json["views"]["correct"], correct);
  WriteEvaluationPredictions(study.folder / "views.safetensors", report);
  EXPECT_NE(ReadTensors(study.folder / "views.safetensors").Find("log_probabilities_of_views"),
            nullptr);
  options.views = "flop";
  EXPECT_THROW(EvaluateCheckpoint(checkpoint, options), UsageError);
}

TEST(EvaluateCheckpoint, SaysWhereABatchHasNoStatistics) {
  Config config = SmallConfig();
  config.model = "C4 GAP c6 c10!";  // c2 normalizes maps of one pixel
  const SmallStudy study(config);
  EvaluationOptions options = In(study);
  options.batch = 12;  // 37 = 3 * 12 + 1
  const EvaluationReport report = EvaluateStudy(study, options);
  EXPECT_FALSE(report.on_batch);
  EXPECT_THAT(report.no_batch_statistics, HasSubstr("batch of 1"));
  EXPECT_THAT(EvaluationTable(OpenCheckpoint(study.path), options, report),
              HasSubstr("batch of 1"));
}

TEST(EvaluateCheckpoint, TakesTheSplitsOfItsTraining) {
  Config config = SmallConfig();
  config.validation = 9;
  config.seed = 5;
  const SmallStudy study(config);
  const HoldOut held_out = ChooseHoldOut(40, 9, 5);
  EvaluationOptions options = In(study);
  options.split = "validation";
  EXPECT_EQ(EvaluateStudy(study, options).images, held_out.validation);
  options.split = "train";
  EXPECT_EQ(EvaluateStudy(study, options).images, held_out.training);
}

TEST(EvaluateCheckpoint, EnginesAgree) {
  const SmallStudy study;
  const EvaluationReport fast = EvaluateStudy(study, In(study));
  for (const Engine& engine : Engines()) {
    EvaluationOptions options = In(study);
    options.engine.engine = engine.name;
    const EvaluationReport report = EvaluateStudy(study, options);
    EXPECT_NEAR(report.score.loss, fast.score.loss, 1e-5) << engine.name;
    EXPECT_NEAR(report.on_batch->loss, fast.on_batch->loss, 1e-5) << engine.name;
    const auto json =
        nlohmann::json::parse(EvaluationJson(OpenCheckpoint(study.path), options, report));
    EXPECT_EQ(json["engine"]["name"], engine.name);
    EXPECT_EQ(json["engine"]["simd"].is_null(), !engine.simd) << engine.name;
  }
}

template <class Action>
std::string LineOf(ExitCode code, const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "accepted";
}

TEST(EvaluateCheckpoint, RefusesWhatCannotBeEvaluated) {
  const SmallStudy study;
  const auto refusal = [&](ExitCode code, const auto& change) {
    EvaluationOptions options = In(study);
    change(options);
    return LineOf(code, [&] { EvaluateStudy(study, options); });
  };
  using Options = EvaluationOptions;
  EXPECT_THAT(refusal(ExitCode::kUsage, [](Options& o) { o.split = "tset"; }), HasSubstr("tset"));
  EXPECT_THAT(refusal(ExitCode::kUsage, [](Options& o) { o.split = "validation"; }),
              HasSubstr("held out no images"));
  EXPECT_THAT(refusal(ExitCode::kUsage, [](Options& o) { o.data = "mnst"; }), HasSubstr("mnist"));
  EXPECT_THAT(refusal(ExitCode::kUsage, [](Options& o) { o.engine.engine = "gpu"; }),
              HasSubstr("gpu"));
  EXPECT_THAT(refusal(ExitCode::kUsage, [](Options& o) { o.engine.simd = "mmx"; }),
              HasSubstr("mmx"));
  EXPECT_THAT(refusal(ExitCode::kData, [](Options& o) { o.data_dir += "/none"; }),
              HasSubstr("none"));
}

TEST(EvaluateCheckpoint, RefusesADataSetOfAnotherShape) {
  SmallStudy study;
  TensorFile file = ReadTensors(study.path);
  file.metadata["dataset.shape"] = "[1, 32, 32]";
  WriteTensors(study.path, file);
  EXPECT_THAT(LineOf(ExitCode::kData, [&] { EvaluateStudy(study, In(study)); }),
              HasSubstr("1x32x32"));
}

TEST(EvaluateCheckpoint, WarnsOfADataSetThatChanged) {
  const SmallStudy study;
  EXPECT_TRUE(EvaluateStudy(study, In(study)).warnings.empty());
  TensorFile file = ReadTensors(study.path);
  file.metadata["dataset.mean"] = "[0.25]";
  WriteTensors(study.path, file);
  EXPECT_EQ(EvaluateStudy(study, In(study)).warnings.size(), 1u);
}

// A checkpoint that was trained on another set, whose classes have these names.
EvaluationReport EvaluateOnMnist(const SmallStudy& study, const std::vector<std::string>& names) {
  Config config = study.config;
  config.dataset = "fashion-mnist";
  Dataset dataset = study.dataset;
  dataset.class_names = names;
  WriteCheckpoint(study.path, config, dataset);
  EvaluationOptions options = In(study);
  options.data = "mnist";
  return EvaluateStudy(study, options);
}

TEST(EvaluateCheckpoint, MatchesClassesOfAnotherSetByTheirNames) {
  const SmallStudy study;
  std::vector<std::string> names = study.dataset.class_names;
  std::ranges::reverse(names);
  const EvaluationReport report = EvaluateOnMnist(study, names);
  EXPECT_EQ(report.class_names, names);
  for (std::size_t i = 0; i < report.labels.size(); ++i) {
    EXPECT_EQ(report.labels[i], 9 - study.dataset.test.labels[i]);
  }
  ASSERT_EQ(report.warnings.size(), 1u);
  EXPECT_THAT(report.warnings[0], HasSubstr("matched by their names"));
  names[3] = "another";
  const EvaluationReport other = EvaluateOnMnist(study, names);
  EXPECT_EQ(other.labels, study.dataset.test.labels);
  EXPECT_THAT(other.warnings.at(0), HasSubstr("class k of one is taken for class k"));
}

TEST(EvaluateCheckpoint, NamesTheLayerWhoseValuesAreNotFinite) {
  const SmallStudy study;
  TensorFile file = ReadTensors(study.path);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (NamedTensor& tensor : file.tensors) {
    if (tensor.name != "C3.conv.weight") continue;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&nan), 4, tensor.bytes.begin());
  }
  WriteTensors(study.path, file);
  EXPECT_THAT(LineOf(ExitCode::kData, [&] { EvaluateStudy(study, In(study)); }),
              HasSubstr("such values is C3"));
}

TEST(EvaluationJson, HoldsWhatTheReportHolds) {
  const SmallStudy study;
  const EvaluationReport report = EvaluateStudy(study, In(study));
  const auto json =
      nlohmann::json::parse(EvaluationJson(OpenCheckpoint(study.path), In(study), report));
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["loss"].get<double>(), report.score.loss);
  EXPECT_EQ(json["interval"]["method"], "wilson");
  EXPECT_EQ(json["calibration"]["bins"].size(), 15u);
  EXPECT_EQ(json["confusion"].get<ConfusionMatrix>(), report.confusion);
  EXPECT_EQ(json["classes"][3]["name"], study.dataset.class_names[3]);
  EXPECT_EQ(json["batch_statistics"]["last_batch"], 5);
}

TEST(EvaluationPredictions, AreWrittenImageByImage) {
  const SmallStudy study;
  const EvaluationReport report = EvaluateStudy(study, In(study));
  const std::string path = study.folder / "predictions.safetensors";
  WriteEvaluationPredictions(path, report);
  const TensorFile file = ReadTensors(path);
  const auto rows = ToDoubles(*file.Find("log_probabilities"), path);
  ASSERT_EQ(rows.size(), report.score.log_probabilities.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i], report.score.log_probabilities[i]);
  }
  EXPECT_EQ(file.Find("labels")->bytes, study.dataset.test.labels);
  EXPECT_EQ(file.Find("images")->shape, (std::vector<std::int64_t>{37}));
}

}  // namespace
}  // namespace normlab
