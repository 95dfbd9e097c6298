#include "records/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/escape.h"
#include "base/text.h"
#include "base/text_file.h"

namespace normlab {
namespace {

// Takes one record off the front of `text`, its line end included.
std::vector<std::string> TakeRecord(std::string_view& text, const std::string& where) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        fields.back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        fields.back() += text[i++];
      } else {
        quoted = false;
      }
    } else if (c == '"' && fields.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
    } else if (c == '\n') {
      if (!fields.back().empty() && fields.back().back() == '\r') fields.back().pop_back();
      text.remove_prefix(i + 1);
      return fields;
    } else {
      fields.back() += c;
    }
  }
  throw DataError(fmt::format("{}: {}; the file was cut off or edited, train this arm again", where,
                              quoted ? "expected a closing quote, found the end of the file"
                                     : "expected a line end, found the end of the file"));
}

}  // namespace

CsvTable::CsvTable(std::string path, std::string_view text) : path_(std::move(path)) {
  if (text.empty()) {
    throw DataError(
        fmt::format("{}:1: expected a header line, found an empty file; train this arm "
                    "again",
                    path_));
  }
  std::size_t line = 1;
  while (!text.empty()) {
    const std::string_view before = text;
    Row row{line, TakeRecord(text, fmt::format("{}:{}", path_, line))};
    const std::string_view taken = before.substr(0, before.size() - text.size());
    line += static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
    if (header_.empty()) {
      header_ = std::move(row.fields);
    } else if (row.fields.size() != header_.size()) {
      throw DataError(
          fmt::format("{}:{}: expected {} fields as in the header, found {}; was it edited?", path_,
                      row.line, header_.size(), row.fields.size()));
    } else {
      rows_.push_back(std::move(row));
    }
  }
}

CsvTable::CsvTable(const std::string& path) : CsvTable(path, ReadTextFile(path)) {}

bool CsvTable::Has(std::string_view column) const {
  return std::find(header_.begin(), header_.end(), column) != header_.end();
}

std::size_t CsvTable::Column(std::string_view column) const {
  const auto found = std::find(header_.begin(), header_.end(), column);
  if (found != header_.end()) return static_cast<std::size_t>(found - header_.begin());
  FailHeader(fmt::format("a column {}", column));
}

const std::string& CsvTable::Text(std::size_t row, std::size_t column) const {
  return rows_[row].fields[column];
}

double CsvTable::Number(std::size_t row, std::size_t column) const {
  const std::string& field = rows_[row].fields[column];
  double value = 0;
  const auto [end, status] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (status != std::errc() || end != field.data() + field.size()) {
    Fail(row,
         fmt::format("{}: expected a number, found \"{}\"", header_[column], Shortened(field, 40)));
  }
  return value;
}

int CsvTable::Integer(std::size_t row, std::size_t column, int lowest, int highest) const {
  const double value = Number(row, column);
  if (!(value >= lowest && value <= highest) || value != std::floor(value)) {
    Fail(row, fmt::format("{}: expected a whole number from {} to {}, found {}", header_[column],
                          lowest, highest, Shortened(rows_[row].fields[column], 40)));
  }
  return static_cast<int>(value);
}

void CsvTable::Fail(std::size_t row, const std::string& what) const {
  throw DataError(fmt::format("{}:{}: {}; was it edited?", path_, rows_[row].line, what));
}

void CsvTable::FailHeader(std::string_view expected) const {
  throw DataError(fmt::format("{}:1: expected {}, found {}; was it edited?", path_, expected,
                              PlainLine(Join(header_, ","))));
}

void CsvCell::Fail(std::string_view expected) const {
  table_.Fail(row_, fmt::format("{}: expected {}, found \"{}\"", table_.header()[column_], expected,
                                PlainLine(Shortened(Text(), 40))));
}

}  // namespace normlab
