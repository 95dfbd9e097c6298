// statistics.csv of one training, read strictly.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/records/run_folder.h"

namespace normlab {

// Epochs 1, 2, 3, ...; in each the kinds of the first, once each and in any order: the running
// shared, the re-estimated shared and the batch's own, and both or none per application. `epochs`:
// how many there must be; 0 for an unfinished training, which may have any number. Throws DataError
// naming file and line.
std::vector<StatisticsRow> ReadStatisticsCsv(const std::string& path, std::size_t epochs);

}  // namespace normlab
