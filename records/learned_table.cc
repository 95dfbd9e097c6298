#include "records/learned_table.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <tuple>

namespace normlab {
namespace {

constexpr char kLearned[] = "learned", kStatement[] = "statement";

RecordColumn<LearnedValue> Number(const char* name, double LearnedValue::*field,
                                  const char* meaning = "") {
  return RealColumn(name, field, meaning, Digits::kSeven);
}

std::vector<LearnedValue> Checked(std::vector<LearnedValue> rows, const CsvTable& table) {
  std::set<std::tuple<std::string, std::string, std::string, bool>> seen;
  int epoch = 1;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const LearnedValue& row = rows[r];
    if (row.epoch < epoch) {
      table.Fail(r, fmt::format("epoch: expected {} or a later one, found {}", epoch, row.epoch));
    }
    if (row.epoch > epoch) seen.clear();
    epoch = row.epoch;
    if (!seen.insert({row.layer, row.part, row.name, row.is_statement}).second) {
      table.Fail(r, fmt::format("name: expected each value of a layer once in epoch {}, found "
                                "{}.{}.{} a second time",
                                epoch, row.layer, row.part, row.name));
    }
  }
  return rows;
}

}  // namespace

const RecordTable<LearnedValue>& LearnedTable() {
  using Row = LearnedValue;
  const RecordColumn<Row> kind = {
      "kind",
      "`learned`, or `statement`: of the normalization's equation, one that follows from learned "
      "values alone, in float64; those that only such statements read are left out",
      [](const Row& row) { return std::string(row.is_statement ? kStatement : kLearned); },
      [](const CsvCell& cell, Row& row) {
        row.is_statement = cell.Text() == kStatement;
        if (!row.is_statement && cell.Text() != kLearned) cell.Fail("learned or statement");
      }};
  static const RecordTable<Row> table({
      WholeColumn("epoch", &Row::epoch, 1, "1, 2, 3, …"),
      TextColumn("layer", &Row::layer,
                 "as the layer is called; a value that its applications share is one"),
      TextColumn("part", &Row::part,
                 "`norm`, or `conv` of what a method on the weights learns beside the filter"),
      TextColumn("name", &Row::name, "as the equation has it"),
      kind,
      WholeColumn<Row, int>("count", &Row::count, 1, "of elements: 1 of a lone number"),
      Curve("mean", 4,
            Number("mean", &Row::mean,
                   "over the elements; the deviation over their "
                   "count")),
      Curve("standard deviation", 4, Number("deviation", &Row::deviation)),
      Curve("lowest", 4, Number("lowest", &Row::lowest)),
      Curve("highest", 4, Number("highest", &Row::highest)),
  });
  return table;
}

std::vector<LearnedValue> ReadLearned(const std::string& path) {
  const CsvTable table(path);
  return Checked(LearnedTable().Read(table), table);
}

std::vector<LearnedValue> ReadOwnLearnedOrNone(const std::string& path) {
  if (!std::filesystem::exists(path)) return {};
  const CsvTable table(path);
  return Checked(ReadOwn(LearnedTable(), table), table);
}

}  // namespace normlab
