#include "records/errors_table.h"

namespace normlab {
namespace {

using Row = ErrorRow;

RecordColumn<Row> ClassColumn(const char* name, int Row::*field, int classes, const char* meaning) {
  RecordColumn<Row> column = WholeColumn(name, field, 0, meaning);
  column.read = [=](const CsvCell& cell, Row& row) { row.*field = cell.Integer(0, classes - 1); };
  return column;
}

RecordColumn<Row> ProbabilityColumn(const char* name, double Row::*field,
                                    const char* meaning = "") {
  return RealColumn(name, field, meaning, Digits::kSeven);
}

}  // namespace

RecordTable<ErrorRow> ErrorsTable(const std::vector<std::string>& class_names) {
  const int classes = static_cast<int>(class_names.size());
  const auto name_of = [class_names](int Row::*field) {
    return
        [=](const Row& row) { return CsvField(class_names[static_cast<std::size_t>(row.*field)]); };
  };
  std::vector<RecordColumn<Row>> columns = {
      WholeColumn("index", &Row::index, 0, "of the image in the test set, from 0"),
      ClassColumn("truth", &Row::truth, classes, "classes, from 0"),
      ClassColumn("prediction", &Row::prediction, classes, ""),
      WrittenColumn<Row>("truth_name", name_of(&Row::truth),
                         "their names, in quotes where they hold a comma or a quote (RFC 4180)"),
      WrittenColumn<Row>("prediction_name", name_of(&Row::prediction)),
      ProbabilityColumn("truth_probability", &Row::truth_probability,
                        "of the last epoch's network"),
      ProbabilityColumn("prediction_probability", &Row::prediction_probability),
      ProbabilityColumn("loss", &Row::loss, "negative log-likelihood of the truth")};
  for (std::size_t c = 0; c < class_names.size(); ++c) {
    const auto text = [c](const Row& row) {
      return RealText(row.probabilities[c], Digits::kSeven, Empty::kNothing);
    };
    columns.push_back(
        WrittenColumn<Row>(fmt::format("probability_{}", c), text, c == 0 ? "of every class" : ""));
  }
  return RecordTable<Row>(std::move(columns));
}

std::vector<ErrorRow> ReadErrors(const std::string& path,
                                 const std::vector<std::string>& class_names) {
  const CsvTable table(path);
  std::vector<ErrorRow> rows = ErrorsTable(class_names).Read(table);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].truth == rows[r].prediction) {
      table.Fail(r, "expected a prediction other than the truth, found the same class");
    }
  }
  return rows;
}

}  // namespace normlab
