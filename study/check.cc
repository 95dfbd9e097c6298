#include "study/check.h"
#include "engine/fast/memory.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "augment/augment.h"
#include "base/error.h"
#include "data/dataset.h"

namespace normlab {
namespace {

void CheckCounts(const Config& config, const DatasetInfo& info) {
  if (config.validation >= info.train_images) {
    throw UsageError(
        fmt::format("validation = {}: expected fewer than the {} training images of {}",
                    config.validation, info.train_images, info.title));
  }
  const int images = info.train_images - config.validation;
  if (config.batch_size > images) {
    throw UsageError(
        fmt::format("batch_size = {}: expected at most the {} images that are trained on",
                    config.batch_size, images));
  }
}

double MachineBytes() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Largest first: any of the arms may come to stand side by side.
std::vector<double> NetworkBytes(const std::vector<Config>& configs) {
  std::vector<double> bytes;
  for (const Config& config : configs) {
    bytes.push_back(static_cast<double>(MemoryBytes(MakeArchitecture(config), config.batch_size)));
  }
  std::ranges::sort(bytes, std::greater<>());
  return bytes;
}

// At least 1.
int NetworksThatFit(const std::vector<Config>& configs) {
  int fit = 0;
  double sum = 0;
  for (const double bytes : NetworkBytes(configs)) {
    sum += bytes;
    if (sum > MachineBytes()) break;
    ++fit;
  }
  return std::max(1, fit);
}

int SmallestBatch(const Config& config, const DatasetInfo& info) {
  const int last = (info.train_images - config.validation) % config.batch_size;
  return last == 0 ? config.batch_size : last;
}

}  // namespace

ModelOptions MakeModelOptions(const Config& config) {
  ModelOptions options;
  options.norm = config.norm;
  options.groups = config.groups;
  options.norm_eps = config.norm_eps;
  options.norm_momentum = config.norm_momentum;
  options.statistics_per_application = config.bn_statistics == "per_application";
  options.dropout = config.dropout;
  options.order = ParseOrder(config.order);
  return options;
}

TrainOptions MakeTrainOptions(const Config& config) {
  TrainOptions options;
  options.epochs = config.epochs;
  options.max_steps = config.max_steps;
  options.batch_size = config.batch_size;
  options.seed = config.seed;
  options.shuffle = config.shuffle;
  options.validation = config.validation;
  options.l1 = config.l1;
  options.l1_conv_only = config.l1_on == "conv";
  options.l2_conv_only = config.l2_on == "conv";
  options.optimizer.name = config.optimizer;
  options.optimizer.lr = config.lr;
  options.optimizer.momentum = config.momentum;
  options.optimizer.nesterov = config.nesterov;
  options.optimizer.weight_decay = config.l2;
  options.schedule = config.schedule;
  return options;
}

Architecture MakeArchitecture(const Config& config) {
  const DatasetInfo& info = FindDatasetInfo(config.dataset);
  return ParseArchitecture(config.model, info.shape, info.classes, MakeModelOptions(config));
}

bool ComparesStatistics(const ExecutionOptions& execution, const Architecture& architecture) {
  return execution.compare_statistics && !architecture.plan->sites.empty();
}

// Memory that the machine does not have would end a run half-way, without a word.
void CheckMemory(const Architecture& architecture, int batch_size) {
  const double needed = static_cast<double>(MemoryBytes(architecture, batch_size));
  const double there = MachineBytes();
  if (needed > there) {
    throw UsageError(fmt::format(
        "model: '{}' in batches of {} needs about {:.1f} GiB of memory, this machine has {:.1f}: "
        "choose a smaller batch_size or fewer channels",
        architecture.text, batch_size, needed / 0x1p30, there / 0x1p30));
  }
}

void CheckAndWriteOut(Config& config) {
  const DatasetInfo& info = FindDatasetInfo(config.dataset);
  config.dataset = info.name;
  const Architecture architecture = MakeArchitecture(config);
  if (FindModelPreset(config.model) == nullptr) config.model = architecture.text;
  CheckCounts(config, info);
  CheckMemory(architecture, config.batch_size);
  CheckBatchStatistics(architecture, SmallestBatch(config, info));
  config.order = OrderText(architecture.options.order);
  config.augment = ParseAugmentation(config.augment, info.shape)->text();
  CheckSchedule(config.schedule);
  if (config.nesterov && (config.optimizer != "sgd" || config.momentum == 0)) {
    throw UsageError(
        "nesterov = true: expected optimizer = sgd and a momentum above 0, as PyTorch does");
  }
}

void CheckJobs(int jobs, const std::vector<Config>& configs) {
  const int side_by_side = std::min(jobs, static_cast<int>(configs.size()));
  const int fit = NetworksThatFit(configs);
  if (side_by_side <= fit) return;
  const std::vector<double> bytes = NetworkBytes(configs);
  const double needed = std::accumulate(bytes.begin(), bytes.begin() + side_by_side, 0.0);
  throw UsageError(fmt::format(
      "jobs = {}: {} networks side by side need about {:.1f} GiB of memory, this machine has "
      "{:.1f}: choose at most {}, or a smaller batch_size",
      jobs, side_by_side, needed / 0x1p30, MachineBytes() / 0x1p30, fit));
}

}  // namespace normlab
