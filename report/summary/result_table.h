// Results of trainings and of models as one typed table: what stands in it is decided here, how it
// is written by the terminal, README.md, the notebook and results.csv.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text_table.h"
#include "records/column.h"
#include "report/summary/quantities.h"
#include "report/summary/summary.h"

namespace normlab {

// Words, then a column for each quantity, then words again.
struct ResultTable {
  struct Row {
    std::vector<std::string> words;
    std::vector<SampleSummary> samples;  // one for each quantity, over the trainings that have it
    std::vector<std::string> ending = {};
  };
  Row titles;  // no samples
  std::vector<const Quantity*> quantities;
  std::vector<Row> rows;
};

using QuantityList = std::vector<const Quantity*>;

// "model", "seed"; a row for each training, in the run's order.
ResultTable TrainingResults(const RunRecord& run, const QuantityList& quantities);
// "model"; a row for each model, over its finished trainings: the last epoch of one that stopped
// early is another quantity.
ResultTable ModelResults(const std::vector<Model>& models, const QuantityList& quantities);

// "3", or "2 of 3" where not all have finished.
std::string FinishedText(const Model& model);

// As words: "75.69 ± 1.72"; behind the quantities named, a column with their 95 % interval.
Cells ResultCells(const ResultTable& table, const std::vector<std::string_view>& intervals = {});

// results.csv: a row for each training with every quantity, in full.
const RecordTable<ArmRecord>& ResultsCsv();

}  // namespace normlab
