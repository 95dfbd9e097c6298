// The files of one training, read strictly. All throw DataError naming the file, the line or the
// field.
#pragma once

#include <string>
#include <vector>

#include "report/records/run_folder.h"

namespace normlab {

std::vector<MetricsRow> ReadMetricsCsv(const std::string& path);
std::vector<ErrorRow> ReadErrorsCsv(const std::string& path, int classes);
std::vector<LayerRow> ReadLayersCsv(const std::string& path);
std::map<int, EpochSplit> ReadClockCsv(const std::string& path);  // by epoch

// arm.json: fills settings, conditions and last.
void ReadArmFacts(const std::string& path, ArmRecord& arm);

}  // namespace normlab
