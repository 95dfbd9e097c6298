// statistics.csv of a training.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "records/column.h"
#include "train/training_records.h"

namespace normlab {

// One line: an epoch's weights with one kind of statistics.
const RecordTable<StatisticsScore>& StatisticsTable();

// Epochs 1, 2, 3, ...; in each the kinds of the first, once each and in any order: the running
// shared, the re-estimated shared and the batch's own, and both or none per application. `epochs`:
// how many there must be; 0 for an unfinished training, which may have any number. Throws DataError
// naming file and line.
std::vector<StatisticsScore> ReadStatistics(const std::string& path, std::size_t epochs);

// What a training left that goes on: the columns are all of this normlab's, any kinds in epochs 1,
// 2, 3, ...
std::vector<StatisticsScore> ReadOwnStatistics(const std::string& path);

}  // namespace normlab
