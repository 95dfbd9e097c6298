#include "study/memory.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "config/check.h"
#include "config/training_engine.h"
#include "data/dataset.h"
#include "engine/opencl/devices.h"

namespace normlab {
namespace {

constexpr double kKeptPredictions = 3;  // of the last and the best epoch, and while one is written

double NetworkBytes(const Architecture& architecture, const Config& config,
                    const ExecutionOptions& execution) {
  return static_cast<double>(EngineOf(execution).training_bytes(architecture, config.batch_size,
                                                                std::max(1, execution.threads)));
}

// What train/layer_statistics.cc copies of the largest block, once an epoch.
double LayerStatisticsBytes(const Architecture& architecture, const Config& config,
                            const ExecutionOptions& execution) {
  constexpr double kCopies = 3;
  if (!execution.layer_statistics) return 0;
  const auto value_bytes = static_cast<double>(EngineOf(execution).scalar_bytes());
  std::size_t largest = 0;
  for (const Layer& layer : architecture.layers) {
    if (layer.kind == LayerKind::kConvolution) largest = std::max(largest, layer.output.size());
  }
  return kCopies * value_bytes * config.batch_size * static_cast<double>(largest);
}

double MachineBytes(const ExecutionOptions& execution) {
  const DeviceChoice device = ParseDevice(execution.device);
  if (!device.is_cpu) return static_cast<double>(opencl::UsableDevice(device.number).memory);
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::string WhoseMemory(const ExecutionOptions& execution) {
  return execution.device == "cpu" ? "this machine" : "device " + execution.device;
}

// Of an arm's network. Throws UsageError where the machine has less.
double FittingNetworkBytes(const Config& config, const ExecutionOptions& execution) {
  const Architecture architecture = MakeArchitecture(config);
  const double needed = NetworkBytes(architecture, config, execution),
               there = MachineBytes(execution);
  if (needed <= there) return needed;
  throw UsageError(fmt::format(
      "model: '{}' in batches of {} needs about {:.1f} GiB of memory, {} has {:.1f}: "
      "choose a smaller batch_size or fewer channels; normlab doctor tells how much there is",
      architecture.text, config.batch_size, needed / 0x1p30, WhoseMemory(execution),
      there / 0x1p30));
}

// Largest first.
std::vector<double> AllTrainingBytes(const StudyPlan& plan,
                                     const std::vector<std::size_t>& places) {
  std::vector<double> bytes;
  for (const std::size_t place : places) {
    bytes.push_back(TrainingMemory(plan.arms[place].config, plan.execution));
  }
  std::ranges::sort(bytes, std::greater<>());
  return bytes;
}

}  // namespace

void CheckPlanFits(const StudyPlan& plan) {
  std::vector<double> bytes;
  for (const Arm& arm : plan.arms) {
    bytes.push_back(FittingNetworkBytes(arm.config, plan.execution));
  }
  std::ranges::sort(bytes, std::greater<>());  // any may come to stand side by side
  const auto jobs = std::min(static_cast<std::size_t>(plan.execution.jobs), bytes.size());
  std::vector<double> sums(jobs);
  std::partial_sum(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(jobs), sums.begin());
  const auto fit = std::ranges::upper_bound(sums, MachineBytes(plan.execution)) - sums.begin();
  if (jobs == 0 || fit == static_cast<std::ptrdiff_t>(jobs)) return;
  throw UsageError(fmt::format(
      "jobs = {}: {} networks side by side need about {:.1f} GiB of memory, {} has "
      "{:.1f}: choose at most {}, or a smaller batch_size; normlab doctor tells how much there is",
      plan.execution.jobs, jobs, sums.back() / 0x1p30, WhoseMemory(plan.execution),
      MachineBytes(plan.execution) / 0x1p30, fit));
}

double TrainingMemory(const Config& config, const ExecutionOptions& execution) {
  const Architecture architecture = MakeArchitecture(config);
  const DatasetInfo& info = FindDatasetInfo(config.dataset);
  const double networks = ComparesStatistics(execution, architecture) ? 2 : 1;
  const double states = config.optimizer == "adam" ? 2 : 1;
  return networks * NetworkBytes(architecture, config, execution) +
         LayerStatisticsBytes(architecture, config, execution) +
         states * sizeof(float) * static_cast<double>(StoredParameters(architecture)) +
         kKeptPredictions * sizeof(float) * info.test_images * info.classes;
}

int TrainingsThatFit(const StudyPlan& plan, const std::vector<std::size_t>& places,
                     const std::vector<MemoryLimit>& limits) {
  MemoryNeed need;
  int fit = 0;
  for (const double bytes : AllTrainingBytes(plan, places)) {
    need.bytes += bytes;
    if (LimitExceeded(need, limits)) break;
    ++fit;
    ++need.threads;
  }
  return fit;
}

std::string CheckTrainingsFit(const StudyPlan& plan, const std::vector<std::size_t>& places) {
  const std::vector<double> bytes = AllTrainingBytes(plan, places);
  if (bytes.empty()) return "";
  CheckMemoryNeed({bytes.front(), 0}, "one training",
                  "choose a smaller batch_size, fewer channels or fewer --threads, or give the "
                  "program more memory");
  const int fit = TrainingsThatFit(plan, places);
  const int wanted = std::min(plan.execution.jobs, static_cast<int>(places.size()));
  if (wanted <= fit) return "";
  return fmt::format(
      "jobs = {}: no more than {} fit{} into the memory that {} allows, so {} {} at "
      "once",
      wanted, fit, fit == 1 ? "s" : "", TightestMemoryLimit().source, fit,
      fit == 1 ? "trains" : "train");
}

}  // namespace normlab
