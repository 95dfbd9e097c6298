// learned.csv of a training.
#pragma once

#include <string>
#include <vector>

#include "records/column.h"
#include "train/training_records.h"

namespace normlab {

// One line: a value of a layer after an epoch.
const RecordTable<LearnedValue>& LearnedTable();

// Epochs ascend, from 1 or, of a training that an earlier normlab began, a later one; in each a
// layer has a value once. Throws DataError naming file and line.
std::vector<LearnedValue> ReadLearned(const std::string& path);

// What a training left that goes on: the same, and the columns are all of this normlab's. None
// where the file is not there: an earlier normlab began the training.
std::vector<LearnedValue> ReadOwnLearnedOrNone(const std::string& path);

}  // namespace normlab
