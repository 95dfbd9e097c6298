// metrics.csv of two runs of one configuration, which differ in times alone.
#pragma once

#include <string>
#include <vector>

#include "records/training_tables.h"

namespace normlab {

// The file of a training, its times 0.
inline std::string WithoutTimes(const std::string& path) {
  const RecordTable<EpochRecord> columns = MetricsTable({.validation = true, .views = true});
  std::vector<EpochRecord> rows = ReadMetrics(path);
  for (EpochRecord& row : rows) {
    for (const auto& column : columns.columns()) {
      if (column.is_time) row.*column.real = 0;
    }
  }
  return columns.Text(rows);
}

}  // namespace normlab
