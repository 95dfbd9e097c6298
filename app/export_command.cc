#include "app/export_command.h"

#include <fmt/format.h>

#include <memory>

#include "app/checkpoint_flags.h"
#include "app/standard_streams.h"
#include "inference/pytorch_export.h"

namespace normlab {
namespace {

struct ExportFlags {
  std::string checkpoint, folder, data_dir;
  bool best = false;
};

ExitCode Export(const ExportFlags& flags) {
  const Checkpoint checkpoint = OpenCheckpoint(FindCheckpoint(flags.checkpoint, flags.best));
  const ChannelStatistics statistics = PreparationOf(checkpoint, flags.data_dir);
  for (const std::string& path : ExportPytorch(checkpoint, statistics, flags.folder)) {
    Print("{}\n", path);
  }
  return ExitCode::kDone;
}

}  // namespace

Command AddExportCommand(CLI::App& program) {
  const auto shared = std::make_shared<ExportFlags>();
  ExportFlags& flags = *shared;
  CLI::App* command = program.add_subcommand(
      "export", "Write a trained network for PyTorch: model.py and weights.");
  AddCheckpointFlags(*command, flags.checkpoint, flags.best);
  command->add_option("--pytorch", flags.folder, "the folder to write")->required();
  command->add_option("--data-dir", flags.data_dir,
                      "where data sets lie, for a checkpoint that does not say its mean");
  command->footer(
      "normlab export runs/mnist_0123456789/batch-seed1 --pytorch mnist-batch\n"
      "normlab export best.safetensors --pytorch exported && python3 exported/model.py");
  return {command, [shared](const std::vector<std::string>&) { return Export(*shared); }};
}

}  // namespace normlab
