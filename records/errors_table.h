// errors.csv: the test images that the last epoch misses.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "records/column.h"

namespace normlab {

struct ErrorRow {
  int index = 0;       // in the test split
  int truth = 0;       // class
  int prediction = 0;  // class
  double truth_probability = 0, prediction_probability = 0;
  double loss = 0;  // negative log-likelihood of the truth
  // Of every class; written, not read again.
  std::vector<double> probabilities = {};
};

RecordTable<ErrorRow> ErrorsTable(const std::vector<std::string>& class_names);

// Throws DataError naming file, line and column.
std::vector<ErrorRow> ReadErrors(const std::string& path,
                                 const std::vector<std::string>& class_names);

}  // namespace normlab
