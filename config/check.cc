#include "config/check.h"

#include <fmt/format.h>

#include "augment/augment.h"
#include "base/error.h"
#include "data/dataset.h"
#include "train/initialization.h"
#include "train/schedule.h"

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

int SmallestBatch(const Config& config, const DatasetInfo& info) {
  const int last = (info.train_images - config.validation) % config.batch_size;
  return last == 0 ? config.batch_size : last;
}

}  // namespace

ModelOptions MakeModelOptions(const Config& config) {
  ModelOptions options;
  options.norm = config.norm;
  options.norm_by_equation = config.norm_program == "equation";
  options.ghost = config.ghost;
  options.weights = config.weights;
  options.groups = config.groups;
  options.norm_eps = config.norm_eps;
  options.norm_momentum = config.norm_momentum;
  options.statistics_per_application = config.bn_statistics == "per_application";
  options.dropout = config.dropout;
  options.order = ParseOrder(config.order);
  options.activation = config.activation;
  return options;
}

OptimizerOptions MakeOptimizerOptions(const Config& config) {
  OptimizerOptions options;
  options.kind = config.optimizer;
  options.lr = config.lr;
  options.momentum = config.momentum;
  options.nesterov = config.nesterov;
  options.weight_decay = config.l2;
  options.decay = config.decay;
  return options;
}

Architecture MakeArchitecture(const Config& config) {
  const DatasetInfo& info = FindDatasetInfo(config.dataset);
  return ParseArchitecture(config.model, info.shape, info.classes, MakeModelOptions(config));
}

bool ComparesStatistics(const ExecutionOptions& execution, const Architecture& architecture) {
  return execution.compare_statistics && !architecture.plan->sites.empty();
}

void CheckAndWriteOut(Config& config) {
  const DatasetInfo& info = FindDatasetInfo(config.dataset);
  config.dataset = info.name;
  const Architecture architecture = MakeArchitecture(config);
  if (FindModelPreset(config.model) == nullptr) config.model = architecture.text;
  CheckCounts(config, info);
  for (const int batch : {SmallestBatch(config, info), config.batch_size}) {
    CheckBatchStatistics(architecture, batch);
  }
  CheckInitialization(config.initialization, *architecture.plan);
  config.order = OrderText(architecture.options.order);
  config.augment = ParseAugmentation(config.augment, info.shape)->text();
  CheckSchedule(config.schedule);
  CheckOptimizer(MakeOptimizerOptions(config));
}

}  // namespace normlab
