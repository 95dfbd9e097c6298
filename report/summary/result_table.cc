#include "report/summary/result_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/text/sample_text.h"

namespace normlab {
namespace {

std::vector<SampleSummary> Samples(const std::vector<const ArmRecord*>& arms,
                                   const QuantityList& quantities) {
  std::vector<SampleSummary> samples;
  for (const Quantity* quantity : quantities) samples.push_back(Sample(arms, *quantity));
  return samples;
}

std::string Meaning(const Quantity& quantity) {
  std::string meaning(quantity.words);
  if (!quantity.unit.empty()) meaning += fmt::format(" ({})", quantity.unit);
  return quantity.note.empty() ? meaning : fmt::format("{}: {}", meaning, quantity.note);
}

}  // namespace

ResultTable TrainingResults(const RunRecord& run, const QuantityList& quantities) {
  ResultTable table{{{"model", "seed"}, {}}, quantities, {}};
  for (const ArmRecord& arm : run.arms) {
    table.rows.push_back({{arm.label, fmt::to_string(arm.seed)}, Samples({&arm}, quantities)});
  }
  return table;
}

ResultTable ModelResults(const std::vector<Model>& models, const QuantityList& quantities) {
  ResultTable table{{{"model"}, {}}, quantities, {}};
  for (const Model& model : models) {
    table.rows.push_back({{model.label}, Samples(FinishedArms(model), quantities)});
  }
  return table;
}

std::string FinishedText(const Model& model) {
  const std::size_t finished = FinishedArms(model).size();
  return finished == model.arms.size() ? fmt::to_string(finished)
                                       : fmt::format("{} of {}", finished, model.arms.size());
}

Cells ResultCells(const ResultTable& table, const std::vector<std::string_view>& intervals) {
  const auto has_interval = [&](const Quantity* quantity) {
    return std::ranges::find(intervals, quantity->name) != intervals.end();
  };
  Cells cells = {table.titles.words};
  for (const Quantity* quantity : table.quantities) {
    cells[0].emplace_back(quantity->title);
    if (has_interval(quantity)) cells[0].push_back("95 % interval");
  }
  for (const ResultTable::Row& row : table.rows) {
    cells.push_back(row.words);
    for (std::size_t i = 0; i < table.quantities.size(); ++i) {
      const int decimals = table.quantities[i]->decimals;
      cells.back().push_back(MeanText(row.samples[i], decimals));
      if (!has_interval(table.quantities[i])) continue;
      cells.back().push_back(IntervalText(row.samples[i], decimals));
    }
    cells.back().insert(cells.back().end(), row.ending.begin(), row.ending.end());
  }
  cells[0].insert(cells[0].end(), table.titles.ending.begin(), table.titles.ending.end());
  return cells;
}

const RecordTable<ArmRecord>& ResultsCsv() {
  using Row = ArmRecord;
  static const RecordTable<Row> table([] {
    std::vector<RecordColumn<Row>> columns = {
        TextColumn<Row>("folder", &Row::folder, "of the training"),
        TextColumn<Row>("label", &Row::label, "of its model"),
        TextColumn<Row>("norm", &Row::norm),
        WholeColumn<Row, std::uint64_t>("seed", &Row::seed, 0),
        TextColumn<Row>("state", &Row::state, "`finished`, `diverged`, `interrupted` or `pending`"),
        WrittenColumn<Row>(
            "epochs", [](const Row& arm) { return fmt::to_string(arm.metrics.size()); },
            "that it trained"),
        WholeColumn<Row, int>("best_epoch", &Row::best_epoch, 0, "0: none")};
    for (const Quantity& quantity : Quantities()) {
      const auto value = quantity.value;
      columns.push_back(WrittenColumn<Row>(
          std::string(quantity.name),
          [value](const Row& arm) {
            return RealText(value(arm), Digits::kShortest, Empty::kNotFinite);
          },
          Meaning(quantity)));
    }
    return columns;
  }());
  return table;
}

}  // namespace normlab
