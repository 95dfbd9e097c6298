#include "app/evaluate_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "app/checkpoint_flags.h"
#include "app/standard_streams.h"
#include "inference/evaluation.h"
#include "inference/evaluation_text.h"

namespace normlab {
namespace {

struct EvaluateFlags {
  std::string checkpoint, predictions;
  EvaluationOptions options;
  bool best = false, json = false;
};

constexpr int kMostBatch = 16384;

ExitCode Evaluate(const EvaluateFlags& flags) {
  CheckEngine(flags.options.engine);
  if (!flags.predictions.empty() && std::filesystem::exists(flags.predictions)) {
    throw UsageError(fmt::format("--predictions {}: the file is there already; give another name",
                                 flags.predictions));
  }
  const Checkpoint checkpoint = OpenCheckpoint(FindCheckpoint(flags.checkpoint, flags.best));
  const EvaluationReport report = EvaluateCheckpoint(checkpoint, flags.options);
  for (const std::string& warning : report.warnings) {
    Warn(warning);
  }
  if (!flags.predictions.empty()) WriteEvaluationPredictions(flags.predictions, report);
  PrintText(flags.json ? EvaluationJson(checkpoint, flags.options, report)
                       : EvaluationTable(checkpoint, flags.options, report));
  return ExitCode::kDone;
}

}  // namespace

Command AddEvaluateCommand(CLI::App& program) {
  const auto shared = std::make_shared<EvaluateFlags>();
  EvaluateFlags& flags = *shared;
  EvaluationOptions& options = flags.options;
  CLI::App* evaluate = program.add_subcommand(
      "evaluate", "Measure a trained network: accuracy, classes, confusions, calibration.");
  AddCheckpointFlags(*evaluate, flags.checkpoint, flags.best);
  evaluate->add_option("--data", options.data, "a data set; default: what it was trained on");
  evaluate
      ->add_option("--split", options.split, "test, train or validation (what training held out)")
      ->capture_default_str();
  evaluate->add_option("--data-dir", options.data_dir, "where data sets lie (docs/data.md)");
  evaluate->add_option("--batch", options.batch, "images of a batch; default: as in training")
      ->check(CLI::Range(1, kMostBatch));
  evaluate
      ->add_option("--reestimate", options.reestimate,
                   "batch normalization also with statistics that are estimated anew from training "
                   "images: shared, or per_application of a unit that is applied several times")
      ->check(CLI::IsMember({"shared", "per_application"}));
  evaluate
      ->add_option("--tta", options.views,
                   "also with several views of each image together, their logits averaged: flip or "
                   "flip-shift (docs/training.md); the plain figure stays")
      ->capture_default_str();
  AddEngineFlags(*evaluate, options.engine);
  evaluate->add_option("--predictions", flags.predictions,
                       "write every image's log-probabilities to this safetensors file");
  evaluate->add_flag("--json", flags.json, "for programs (docs/inference.md)");
  evaluate->footer(
      "normlab evaluate runs/mnist_0123456789/batch-seed1\n"
      "normlab evaluate runs/mnist_0123456789/batch-seed1 --best --json\n"
      "normlab evaluate runs/cifar10_0123456789/batch-seed1 --reestimate per_application\n"
      "normlab evaluate runs/cifar10_0123456789/batch-seed1 --tta flip\n"
      "normlab evaluate last.safetensors --split train --threads 1");
  return {evaluate, [shared](const std::vector<std::string>&) { return Evaluate(*shared); }};
}

}  // namespace normlab
