#include "app/predict_command.h"

#include <fmt/format.h>

#include <memory>

#include "app/checkpoint_flags.h"
#include "app/standard_streams.h"
#include "base/printable.h"
#include "inference/prediction.h"

namespace normlab {
namespace {

struct PredictFlags {
  std::string checkpoint, data_dir;
  std::vector<std::string> images;
  PredictionOptions options;
  bool best = false, json = false;
};

constexpr int kMostClasses = 256;

ExitCode Predict(const PredictFlags& flags) {
  CheckEngine(flags.options.engine);
  const Checkpoint checkpoint = OpenCheckpoint(FindCheckpoint(flags.checkpoint, flags.best));
  const ChannelStatistics statistics = PreparationOf(checkpoint, flags.data_dir);
  auto [pictures, warnings] = ListPictures(flags.images);
  for (const std::string& warning : warnings) {
    Warn(Printable(warning, 4096));
  }
  PredictPictures(checkpoint, statistics, flags.options, pictures);
  ExitCode code = ExitCode::kDone;
  for (const Prediction& picture : pictures) {
    if (!picture.warning.empty()) {
      Warn(fmt::format("{}: {}", Printable(picture.path, 4096), picture.warning));
    }
    if (picture.error.empty()) continue;
    Say(picture.error);
    code = ExitCode::kData;
  }
  PrintText(flags.json ? PredictionJson(checkpoint, flags.options, pictures)
                       : PredictionTable(checkpoint, pictures));
  return code;
}

}  // namespace

Command AddPredictCommand(CLI::App& program) {
  const auto shared = std::make_shared<PredictFlags>();
  PredictFlags& flags = *shared;
  CLI::App* predict =
      program.add_subcommand("predict", "Say what a trained network sees in PNG and JPEG files.");
  AddCheckpointFlags(*predict, flags.checkpoint, flags.best);
  predict
      ->add_option("images", flags.images,
                   "PNG and JPEG files of any size, folders of such files, or - for one on "
                   "standard input")
      ->required();
  predict->add_option("--top", flags.options.top, "classes to print of each picture")
      ->check(CLI::Range(1, kMostClasses))
      ->capture_default_str();
  predict->add_option("--data-dir", flags.data_dir,
                      "where data sets lie, for a checkpoint that does not say its mean");
  AddEngineFlags(*predict, flags.options.engine);
  predict->add_flag("--json", flags.json, "for programs (docs/inference.md)");
  predict->footer(
      "normlab predict runs/cifar10_0123456789/batch-seed1 cat.png dog.jpg\n"
      "normlab predict best.safetensors pictures/ --top 1 --json");
  return {predict, [shared](const std::vector<std::string>&) { return Predict(*shared); }};
}

}  // namespace normlab
