#include "inference/evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "base/printable.h"
#include "data/passed_over.h"
#include "data/statistics.h"
#include "inference/last_batch.h"
#include "inference/reestimation.h"
#include "model/layer_check.h"
#include "norm/norm.h"
#include "train/batches.h"
#include "train/evaluate.h"
#include "train/safetensors.h"
#include "train/test_views.h"

namespace normlab {
namespace {

void CheckOptions(const Checkpoint& checkpoint, const EvaluationOptions& options) {
  CheckEngine(options.engine);
  if (options.split != "test" && options.split != "train" && options.split != "validation") {
    throw UsageError(
        fmt::format("--split {}: expected test, train or validation", Printable(options.split)));
  }
  if (std::ranges::find(kTestViews, options.views) == std::end(kTestViews)) {
    throw UsageError(fmt::format("--tta {}: expected {}", Printable(options.views),
                                 fmt::join(kTestViews, ", ")));
  }
  if (!options.reestimate.empty()) CheckReestimation(checkpoint, options.reestimate);
  if (options.split != "validation") return;
  if (!options.data.empty() && options.data != checkpoint.config.dataset) {
    throw UsageError(fmt::format(
        "--split validation: only the checkpoint's own data set, {}, has images that its training "
        "held out; expected test or train with --data {}",
        Printable(checkpoint.config.dataset), options.data));
  }
  if (checkpoint.config.validation == 0) {
    throw UsageError(
        "--split validation: this training held out no images (validation = 0); expected test or "
        "train");
  }
}

// A data set is another one when its images or its classes cannot be those of the network.
void CheckFits(const Checkpoint& checkpoint, const Dataset& dataset) {
  const Architecture& architecture = checkpoint.architecture;
  if (architecture.input == dataset.shape && architecture.classes == dataset.classes()) return;
  throw DataError(fmt::format(
      "{} is a network for {} classes of {} images (channels x height x width), {} has {} classes "
      "of {}; name another with --data",
      checkpoint.path, architecture.classes, ShapeText(architecture.input), dataset.title,
      dataset.classes(), ShapeText(dataset.shape)));
}

bool HaveSameNames(const Checkpoint& checkpoint, const Dataset& dataset) {
  return !checkpoint.class_names.empty() &&
         std::ranges::is_permutation(checkpoint.class_names, dataset.class_names);
}

// Another set's classes by the network's numbers, where both have the same names in another order.
void MatchClasses(const Checkpoint& checkpoint, Dataset& dataset) {
  if (dataset.name == checkpoint.config.dataset || !HaveSameNames(checkpoint, dataset)) return;
  std::vector<std::uint8_t> numbers;
  for (const std::string& name : dataset.class_names) {
    const auto found = std::ranges::find(checkpoint.class_names, name);
    numbers.push_back(static_cast<std::uint8_t>(found - checkpoint.class_names.begin()));
  }
  for (Split* split : {&dataset.train, &dataset.test}) {
    for (std::uint8_t& label : split->labels) label = numbers[label];
  }
  dataset.class_names = checkpoint.class_names;
}

std::vector<std::uint32_t> AllOf(const Split& split) {
  std::vector<std::uint32_t> images(split.size());
  std::iota(images.begin(), images.end(), 0u);
  return images;
}

const Split& SplitOf(const Dataset& dataset, const std::string& name) {
  return name == "test" ? dataset.test : dataset.train;
}

HoldOut HoldOutOf(const Checkpoint& checkpoint, const Dataset& dataset) {
  const Config& config = checkpoint.config;
  if (static_cast<std::size_t>(config.validation) >= dataset.train.size()) {
    throw DataError(
        fmt::format("{}: its training held out {} images, {} has only {} to train on; name its own "
                    "data set with --data",
                    checkpoint.path, config.validation, dataset.title, dataset.train.size()));
  }
  return ChooseHoldOut(static_cast<std::uint32_t>(dataset.train.size()),
                       static_cast<std::uint32_t>(config.validation), config.seed);
}

// Of the data set that was trained on, "train" is what was trained on: less what was held out.
std::vector<std::uint32_t> ImagesOf(const Checkpoint& checkpoint, const Dataset& dataset,
                                    const std::string& split) {
  if (split == "test") return AllOf(dataset.test);
  if (dataset.name != checkpoint.config.dataset) return AllOf(dataset.train);
  const HoldOut held_out = HoldOutOf(checkpoint, dataset);
  return split == "train" ? held_out.training : held_out.validation;
}

// Where `dataset`, which the network was trained on, is not what it was then.
void WarnOfChange(const Checkpoint& checkpoint, const Dataset& dataset, EvaluationReport& report) {
  if (!checkpoint.statistics) return;
  if (checkpoint.statistics->mean == dataset.statistics.mean &&
      checkpoint.statistics->deviation == dataset.statistics.deviation &&
      checkpoint.class_names == dataset.class_names) {
    return;
  }
  report.warnings.push_back(fmt::format(
      "{} is not what this network was trained on: its mean, deviation or class names are others "
      "now; the network's own are used",
      dataset.title));
}

void AddWarnings(const Checkpoint& checkpoint, const Dataset& dataset, EvaluationReport& report) {
  if (dataset.name == checkpoint.config.dataset) {
    WarnOfChange(checkpoint, dataset, report);
    return;
  }
  report.warnings.push_back(fmt::format(
      "trained on {}, evaluated on {}: the images are prepared with the former's mean and "
      "deviation, and {}",
      Printable(checkpoint.config.dataset), dataset.name,
      HaveSameNames(checkpoint, dataset)
          ? "classes are matched by their names"
          : "since their names are others, class k of one is taken for class k of the other"));
}

Score ScoreOf(const Evaluation& evaluation, std::vector<float> log_probabilities) {
  Score score;
  score.loss = evaluation.loss;
  score.correct = evaluation.correct;
  score.accuracy = evaluation.accuracy;
  score.log_probabilities = std::move(log_probabilities);
  return score;
}

template <typename T>
void EvaluateViews(const Checkpoint& checkpoint, const std::string& views, const Dataset& dataset,
                   const PixelTable& table, Network<T>& network, EvaluationReport& report) {
  const Split& split = SplitOf(dataset, report.split);
  std::vector<float> rows;
  const Evaluation evaluation = ViewEvaluation<T>(views, split, dataset.shape, table)
                                    .Evaluate(network, report.images, checkpoint.steps, &rows);
  CheckFinite(evaluation.loss, network, checkpoint);
  report.views = ScoreOf(evaluation, std::move(rows));
}

// The images of the report, prepared as the network was trained on them.
template <typename T>
void EvaluateNetwork(const Checkpoint& checkpoint, ImageBatch& source, Network<T>& network,
                     EvaluationReport& report) {
  std::vector<float> rows;
  const Evaluation running = Evaluate(network, source, report.images, &rows);
  CheckFinite(running.loss, network, checkpoint);
  report.score = ScoreOf(running, std::move(rows));
  if (checkpoint.architecture.plan->sites.empty()) return;
  report.no_batch_statistics = WhyNoBatchStatistics(checkpoint.architecture, report.last_batch);
  if (!report.no_batch_statistics.empty()) return;
  rows.clear();
  const Evaluation on_batch = EvaluateOnBatchStatistics(network, source, report.images, &rows);
  CheckFinite(on_batch.loss, network, checkpoint);
  report.on_batch = ScoreOf(on_batch, std::move(rows));
}

void TellOfFolder(const std::string& dataset, EvaluationReport& report) {
  const DatasetInfo& info = FindDatasetInfo(dataset);
  for (const std::string& note : NotesText(info.notes)) {
    report.warnings.push_back(fmt::format("{}: {}", dataset, note));
  }
  const std::string warning = PassedOverWarning(dataset, info.passed_over);
  if (!warning.empty()) report.warnings.push_back(warning);
}

// The statistics come from images of the network's own training, whatever it is evaluated on.
void Reestimate(const Checkpoint& checkpoint, const EvaluationOptions& options,
                const Dataset& dataset, const PixelTable& table, ImageBatch& source,
                EvaluationReport& report) {
  std::optional<Dataset> loaded;
  if (dataset.name != checkpoint.config.dataset) {
    loaded = LoadDataset(checkpoint.config.dataset, options.data_dir);
    CheckFits(checkpoint, *loaded);
    TellOfFolder(loaded->name, report);
    WarnOfChange(checkpoint, *loaded, report);
  }
  const Dataset& own = loaded ? *loaded : dataset;
  ImageBatch training(own.train, own.shape, table, nullptr, 0);
  training.set_completed_steps(checkpoint.steps);
  const std::vector<std::uint32_t> images = CleanTrainImages(own.train, HoldOutOf(checkpoint, own));
  std::vector<float> rows;
  const Evaluation evaluation =
      EvaluateReestimated(checkpoint, {options.reestimate, options.engine, report.batch},
                          {training, images}, {source, report.images}, rows);
  report.reestimated = ScoreOf(evaluation, std::move(rows));
  report.reestimated_from = static_cast<int>(images.size());
}

// How many of `score`'s predictions are others; gives it its interval.
int CompleteOther(const std::vector<int>& predictions, int classes, Score& score) {
  score.interval = WilsonInterval(score.correct, static_cast<int>(predictions.size()));
  const std::vector<int> others = Predictions(score.log_probabilities, classes);
  int changed = 0;
  for (std::size_t i = 0; i < others.size(); ++i) changed += others[i] != predictions[i];
  return changed;
}

void CompletePredictions(EvaluationReport& report) {
  const int classes = static_cast<int>(report.class_names.size());
  const int images = static_cast<int>(report.images.size());
  const std::vector<int> predictions = Predictions(report.score.log_probabilities, classes);
  report.confusion = CountConfusions(predictions, report.labels, classes);
  report.classes = ScoreClasses(report.confusion);
  report.calibration = Calibrate(report.score.log_probabilities, report.labels, classes);
  report.score.interval = WilsonInterval(report.score.correct, images);
  if (report.on_batch) report.changed = CompleteOther(predictions, classes, *report.on_batch);
  if (report.reestimated) {
    report.reestimated_changed = CompleteOther(predictions, classes, *report.reestimated);
  }
  if (report.views) report.views_changed = CompleteOther(predictions, classes, *report.views);
}

// The report's images and labels, without results.
EvaluationReport WhatIsEvaluated(const Checkpoint& checkpoint, const Dataset& dataset,
                                 const EvaluationOptions& options) {
  EvaluationReport report;
  report.dataset = dataset.name;
  report.title = dataset.title;
  report.split = options.split;
  report.class_names = dataset.class_names;
  report.images = ImagesOf(checkpoint, dataset, options.split);
  const Split& split = SplitOf(dataset, options.split);
  for (const std::uint32_t image : report.images) report.labels.push_back(split.labels[image]);
  report.batch = options.batch > 0 ? options.batch : checkpoint.config.batch_size;
  report.last_batch = LastBatch(report.images.size(), report.batch);
  AddWarnings(checkpoint, dataset, report);
  return report;
}

}  // namespace

EvaluationReport EvaluateCheckpoint(const Checkpoint& checkpoint,
                                    const EvaluationOptions& options) {
  CheckOptions(checkpoint, options);
  const std::string& name = options.data.empty() ? checkpoint.config.dataset : options.data;
  Dataset dataset = LoadDataset(name, options.data_dir);
  CheckFits(checkpoint, dataset);
  MatchClasses(checkpoint, dataset);
  EvaluationReport report = WhatIsEvaluated(checkpoint, dataset, options);
  TellOfFolder(dataset.name, report);
  const bool own = !checkpoint.statistics && dataset.name == checkpoint.config.dataset;
  if (own) CheckChannelsVary(dataset);
  const PixelTable table(own ? dataset.statistics : PreparationOf(checkpoint, options.data_dir));
  ImageBatch source(SplitOf(dataset, options.split), dataset.shape, table, nullptr, 0);
  source.set_completed_steps(checkpoint.steps);
  UseNetwork(checkpoint, options.engine, report.batch, [&](auto& network) {
    EvaluateNetwork(checkpoint, source, network, report);
    if (options.views == "none") return;
    EvaluateViews(checkpoint, options.views, dataset, table, network, report);
  });
  if (!options.reestimate.empty()) {
    Reestimate(checkpoint, options, dataset, table, source, report);
  }
  CompletePredictions(report);
  return report;
}

void WriteEvaluationPredictions(const std::string& path, const EvaluationReport& report) {
  const auto images = static_cast<std::int64_t>(report.images.size());
  const std::vector<std::int64_t> shape = {images,
                                           static_cast<std::int64_t>(report.class_names.size())};
  const std::vector<std::int32_t> indices(report.images.begin(), report.images.end());
  TensorFile file;
  file.metadata = {{"format", "pt"}, {"dataset", report.dataset}, {"split", report.split}};
  file.tensors.push_back(
      FromValues("log_probabilities", shape, report.score.log_probabilities.data()));
  if (report.on_batch) {
    file.tensors.push_back(FromValues("log_probabilities_on_batch_statistics", shape,
                                      report.on_batch->log_probabilities.data()));
  }
  if (report.reestimated) {
    file.tensors.push_back(FromValues("log_probabilities_on_reestimated_statistics", shape,
                                      report.reestimated->log_probabilities.data()));
  }
  if (report.views) {
    file.tensors.push_back(
        FromValues("log_probabilities_of_views", shape, report.views->log_probabilities.data()));
  }
  file.tensors.push_back({"labels", DType::kU8, {images}, report.labels});
  file.tensors.push_back(FromValues("images", {images}, indices.data()));
  WriteTensors(path, file);
}

}  // namespace normlab
