#include "report/summary/fair_clock.h"

#include <optional>

namespace normlab {
namespace {

// In a table's note and in the findings alike.
std::size_t CountedEpochs(const ArmRecord& arm) {
  return arm.metrics.size() > 1 ? arm.metrics.size() - 1 : arm.metrics.size();
}

}  // namespace

const char kUnfairClock[] =
    "s/epoch: these trainings did not all run in one split of the cores (threads, and trainings "
    "side by side), or it is not recorded, so their times do not say which model is faster; "
    "normlab bench measures that.";

std::map<EpochSplit, std::vector<const EpochRecord*>> TimedEpochs(const ArmRecord& arm) {
  std::map<EpochSplit, std::vector<const EpochRecord*>> epochs;
  for (const EpochRecord& row : arm.metrics) {
    if (row.epoch == 1 && arm.metrics.size() > 1) continue;
    const auto split = arm.splits.find(row.epoch);
    if (split == arm.splits.end() || split->second.trainings == 0) continue;
    epochs[split->second].push_back(&row);
  }
  return epochs;
}

bool SharesOneClock(const std::vector<const ArmRecord*>& arms) {
  std::optional<EpochSplit> shared;
  for (const ArmRecord* arm : arms) {
    if (arm->metrics.empty()) continue;
    const auto epochs = TimedEpochs(*arm);
    if (epochs.size() != 1 || epochs.begin()->second.size() != CountedEpochs(*arm)) return false;
    if (shared && *shared != epochs.begin()->first) return false;
    shared = epochs.begin()->first;
  }
  return true;
}

std::string ClockCaution(const RunRecord& run) {
  std::vector<const ArmRecord*> trained;
  for (const ArmRecord& arm : run.arms) {
    if (!arm.metrics.empty()) trained.push_back(&arm);
  }
  return trained.size() < 2 || SharesOneClock(trained) ? "" : kUnfairClock;
}

}  // namespace normlab
