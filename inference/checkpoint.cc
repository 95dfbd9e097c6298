#include "inference/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"
#include "config/check.h"
#include "data/published.h"
#include "data/statistics.h"
#include "train/network_tensors.h"
#include "train/safetensors_header.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

// Folders below `path` that hold a checkpoint, for the message: the arms of a run folder.
std::vector<std::string> ArmsBelow(const std::string& path) {
  constexpr std::size_t kMost = 12;
  std::vector<std::string> arms;
  std::error_code status;
  for (fs::directory_iterator entry(path, status), end; !status && entry != end;
       entry.increment(status)) {
    if (fs::exists(entry->path() / "last.safetensors", status)) {
      arms.push_back(Printable(entry->path().filename().string()));
    }
  }
  std::ranges::sort(arms);
  if (arms.size() > kMost) {
    arms.resize(kMost);
    arms.emplace_back("...");
  }
  return arms;
}

// A checkpoint that says nothing of its data can only be of a published set.
void CheckPublished(const std::string& dataset, const std::string& path) {
  for (const DatasetInfo& info : AllDatasets()) {
    if (info.name == dataset) return;
  }
  throw DataError(
      fmt::format("{}: its metadata do not describe a network of normlab: dataset = {} is no "
                  "published set, and "
                  "'dataset.shape' is missing",
                  path, Printable(dataset)));
}

Architecture ArchitectureOf(const CheckpointMetadata& metadata) {
  if (!metadata.data) return MakeArchitecture(metadata.config);
  return ParseArchitecture(metadata.config.model, metadata.data->shape,
                           static_cast<int>(metadata.data->class_names.size()),
                           MakeModelOptions(metadata.config));
}

}  // namespace

std::string FindCheckpoint(const std::string& path, bool best) {
  std::error_code status;
  if (!fs::is_directory(path, status)) {
    if (best) {
      throw UsageError(fmt::format(
          "--best chooses in an arm's folder: expected a folder, found {}; leave --best out",
          path));
    }
    return path;
  }
  std::string file = (fs::path(path) / (best ? "best" : "last")).string() + ".safetensors";
  if (fs::exists(file, status)) return file;
  const std::vector<std::string> arms = ArmsBelow(path);
  if (arms.empty()) {
    throw DataError(fmt::format(
        "no checkpoint in {}: expected last.safetensors and best.safetensors, which a run writes "
        "into each arm's folder after every epoch",
        path));
  }
  throw DataError(
      fmt::format("{} holds the folders of several arms: name one of them: {}", path, Join(arms)));
}

Checkpoint OpenCheckpoint(const std::string& path) {
  const TensorHeader header = ReadTensorHeader(path);
  const CheckpointMetadata metadata = ReadCheckpointMetadata(header.metadata, path);
  Checkpoint checkpoint;
  checkpoint.path = path;
  checkpoint.config = metadata.config;
  checkpoint.epoch = metadata.epoch;
  if (metadata.steps) checkpoint.steps = *metadata.steps;
  if (!metadata.data) CheckPublished(metadata.config.dataset, path);
  try {
    checkpoint.architecture = ArchitectureOf(metadata);
  } catch (const UsageError& error) {
    throw DataError(fmt::format("{}: its metadata describe an impossible network: {}", path,
                                Printable(error.what(), 400)));
  }
  if (metadata.data) {
    checkpoint.class_names = metadata.data->class_names;
    checkpoint.statistics = metadata.data->statistics;
  } else {
    checkpoint.class_names = ClassNames(metadata.config.dataset);
  }
  const Plan& plan = *checkpoint.architecture.plan;
  CheckTensorsFit(header.entries, {plan.parameters, plan.buffers, plan.counters}, path);
  return checkpoint;
}

ChannelStatistics PreparationOf(const Checkpoint& checkpoint, const std::string& data_dir) {
  if (checkpoint.statistics) return *checkpoint.statistics;
  const Dataset dataset = LoadDataset(checkpoint.config.dataset, data_dir);
  CheckChannelsVary(dataset);
  return dataset.statistics;
}

}  // namespace normlab
