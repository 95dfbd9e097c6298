// What the kinds of statistics are called.
#pragma once

#include "report/run_folder.h"

namespace normlab {

struct StatisticsKindNames {
  StatisticsKind kind;
  const char* name;     // in statistics.csv
  const char* words;    // in a report
  bool of_every_model;  // else only where a block is repeated: without, it would be another again
};
// In the order of the enumeration.
inline constexpr StatisticsKindNames kStatisticsKinds[] = {
    {StatisticsKind::kShared, "shared", "running shared", true},
    {StatisticsKind::kPerApplication, "per_application", "running per application", false},
    {StatisticsKind::kReestimatedShared, "reestimated_shared", "re-estimated shared", true},
    {StatisticsKind::kReestimatedPerApplication, "reestimated_per_application",
     "re-estimated per application", false},
    {StatisticsKind::kBatch, "batch", "each test batch's own", true},
};

constexpr const StatisticsKindNames& NamesOf(StatisticsKind kind) {
  return kStatisticsKinds[static_cast<int>(kind)];
}

}  // namespace normlab
