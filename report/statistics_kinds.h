// What the kinds of statistics are called.
#pragma once

#include "report/run_folder.h"

namespace normlab {

struct StatisticsNames {
  NormalizingStatistics kind;
  const char* name;     // in statistics.csv
  const char* words;    // in a report
  bool of_every_model;  // else only where a block is repeated: without, it would be another again
};
// In the order of the enumeration.
inline constexpr StatisticsNames kStatisticsKinds[] = {
    {NormalizingStatistics::kShared, "shared", "running shared", true},
    {NormalizingStatistics::kPerApplication, "per_application", "running per application", false},
    {NormalizingStatistics::kReestimatedShared, "reestimated_shared", "re-estimated shared", true},
    {NormalizingStatistics::kReestimatedPerApplication, "reestimated_per_application",
     "re-estimated per application", false},
    {NormalizingStatistics::kBatch, "batch", "each test batch's own", true},
};

constexpr const StatisticsNames& NamesOf(NormalizingStatistics kind) {
  return kStatisticsKinds[static_cast<int>(kind)];
}

}  // namespace normlab
