// Comma-separated values (RFC 4180), read strictly and by the header's names.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace normlab {

class CsvTable {
 public:
  // Throws DataError naming file and line: no header, a row with another number of fields, a quote
  // that is not closed, a last line without its end (the file was cut off).
  CsvTable(std::string path, std::string_view text);
  explicit CsvTable(const std::string& path);  // the file's text

  std::size_t rows() const { return rows_.size(); }
  const std::vector<std::string>& header() const { return header_; }
  bool Has(std::string_view column) const;

  // The column's place; throws DataError when the header lacks it.
  std::size_t Column(std::string_view column) const;

  const std::string& Text(std::size_t row, std::size_t column) const;

  // "nan" and "inf" are numbers. Both throw DataError naming file, line and column.
  double Number(std::size_t row, std::size_t column) const;
  int Integer(std::size_t row, std::size_t column, int lowest, int highest) const;

  [[noreturn]] void Fail(std::size_t row, const std::string& what) const;
  [[noreturn]] void FailHeader(std::string_view expected) const;

 private:
  struct Row {
    std::size_t line = 0;
    std::vector<std::string> fields;
  };

  std::string path_;
  std::vector<std::string> header_;
  std::vector<Row> rows_;
};

// One of its fields.
class CsvCell {
 public:
  CsvCell(const CsvTable& table, std::size_t row, std::size_t column)
      : table_(table), row_(row), column_(column) {}

  const std::string& Text() const { return table_.Text(row_, column_); }
  double Number() const { return table_.Number(row_, column_); }
  int Integer(int lowest, int highest) const {
    return table_.Integer(row_, column_, lowest, highest);
  }
  // accuracy: expected a number from 0 to 100, found "101"
  [[noreturn]] void Fail(std::string_view expected) const;

 private:
  const CsvTable& table_;
  std::size_t row_, column_;
};

}  // namespace normlab
