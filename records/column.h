// A file of a run folder as ONE table of columns: its writer, its reader and its documentation
// (docs/run-folder.md) come from the same rows.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/escape.h"
#include "base/text.h"
#include "records/csv.h"

namespace normlab {

template <class Row>
struct RecordColumn {
  std::string name;
  // What docs/run-folder.md says of it; empty: the same words as of the column before it.
  std::string meaning;
  std::function<std::string(const Row&)> text;
  std::function<void(const CsvCell&, Row&)> read = {};  // none: only written
  double Row::*real = nullptr;                          // of a column of real numbers
  bool may_be_missing = false;                          // folders of before it was written lack it
  bool is_time = false;    // differs between two runs of one configuration
  std::string title = {};  // of its curve; empty: it is no curve
  int decimals = 0;
};

// How numbers are written. All read back as what was written.
enum class Digits { kShortest, kSeven, kThreeDecimals, kOneDecimal };

// What is written as an empty field, and is NaN when it is read.
enum class Empty { kNothing, kNaN, kNotFinite };
std::string RealText(double value, Digits digits, Empty empty);

template <class Row>
RecordColumn<Row> RealColumn(std::string name, double Row::*field, std::string meaning = "",
                             Digits digits = Digits::kShortest, Empty empty = Empty::kNothing) {
  return {std::move(name), std::move(meaning),
          [=](const Row& row) { return RealText(row.*field, digits, empty); },
          [=](const CsvCell& cell, Row& row) {
            const bool none = empty != Empty::kNothing && cell.Text().empty();
            row.*field = none ? std::numeric_limits<double>::quiet_NaN() : cell.Number();
          },
          field};
}

// Whole numbers from `least` to the largest int.
template <class Row, class Number>
RecordColumn<Row> WholeColumn(std::string name, Number Row::*field, int least,
                              std::string meaning = "") {
  return {std::move(name), std::move(meaning),
          [=](const Row& row) { return fmt::to_string(row.*field); },
          [=](const CsvCell& cell, Row& row) {
            row.*field = static_cast<Number>(cell.Integer(least, std::numeric_limits<int>::max()));
          }};
}

template <class Row>
RecordColumn<Row> TextColumn(std::string name, std::string Row::*field, std::string meaning = "") {
  return {std::move(name), std::move(meaning), [=](const Row& row) { return CsvField(row.*field); },
          [=](const CsvCell& cell, Row& row) { row.*field = PlainLine(cell.Text()); }};
}

// Written beside its number, for people.
template <class Row>
RecordColumn<Row> WrittenColumn(std::string name, std::function<std::string(const Row&)> text,
                                std::string meaning = "") {
  return {std::move(name), std::move(meaning), std::move(text)};
}

// Of a real number: one that came later.
template <class Row>
RecordColumn<Row> MayBeMissing(RecordColumn<Row> column) {
  column.may_be_missing = true;
  return column;
}

template <class Row>
RecordColumn<Row> Curve(std::string title, int decimals, RecordColumn<Row> column) {
  column.title = std::move(title);
  column.decimals = decimals;
  return column;
}

template <class Row>
RecordColumn<Row> Time(RecordColumn<Row> column) {
  column.is_time = true;
  return column;
}

template <class Row>
class RecordTable {
 public:
  explicit RecordTable(std::vector<RecordColumn<Row>> columns) : columns_(std::move(columns)) {}

  const std::vector<RecordColumn<Row>>& columns() const { return columns_; }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const RecordColumn<Row>& column : columns_) names.push_back(column.name);
    return names;
  }

  // The header and a line for each row.
  template <class Rows>
  std::string Text(const Rows& rows) const {
    std::string text = Join(Names(), ",") + "\n";
    for (const Row& row : rows) AddLine(row, text);
    return text;
  }

  // By the header's names, in any order; a real number that the file lacks and may lack is NaN.
  // Throws DataError naming file, line and column.
  std::vector<Row> Read(const CsvTable& table) const {
    std::vector<Row> rows(table.rows());
    for (const RecordColumn<Row>& column : columns_) {
      if (!column.read) continue;
      if (column.may_be_missing && !table.Has(column.name)) {
        for (Row& row : rows) row.*column.real = std::numeric_limits<double>::quiet_NaN();
        continue;
      }
      const std::size_t place = table.Column(column.name);
      for (std::size_t r = 0; r < rows.size(); ++r) column.read({table, r, place}, rows[r]);
    }
    return rows;
  }

  // The documentation's table of the columns.
  std::string Markdown() const {
    std::string text = "| column | |\n|---|---|\n";
    for (std::size_t i = 0; i < columns_.size();) {
      const std::string& meaning = columns_[i].meaning;
      std::vector<std::string> names = {"`" + columns_[i].name + "`"};
      while (++i < columns_.size() && columns_[i].meaning.empty()) {
        names.push_back("`" + columns_[i].name + "`");
      }
      text += fmt::format("| {} | {} |\n", Join(names), meaning);
    }
    return text;
  }

 private:
  void AddLine(const Row& row, std::string& text) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) text += ',';
      text += columns_[i].text(row);
    }
    text += '\n';
  }

  std::vector<RecordColumn<Row>> columns_;
};

// The rows of a file whose columns are this table's and no others, in their order, less those that
// a folder of before them lacks: what a training that goes on takes up. Throws DataError.
template <class Row>
std::vector<Row> ReadOwn(const RecordTable<Row>& columns, const CsvTable& table) {
  std::vector<std::string> names;
  for (const RecordColumn<Row>& column : columns.columns()) {
    if (!column.may_be_missing || table.Has(column.name)) names.push_back(column.name);
  }
  if (table.header() != names) table.FailHeader("the columns " + Join(columns.Names(), ","));
  return columns.Read(table);
}

// The rows, whose epochs are 1, 2, 3, ..., each at least once. Throws DataError.
template <class Row>
std::vector<Row> InEpochs(std::vector<Row> rows, const CsvTable& table) {
  int least = 1, most = 1;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    table.Integer(r, table.Column("epoch"), least, most);
    least = rows[r].epoch;
    most = least + 1;
  }
  return rows;
}

}  // namespace normlab
