#include "tests/app/emulator.h"

#include <algorithm>

#include "app/text_width.h"

namespace normlab {

Emulator::Emulator(int columns, int rows, Reflow reflow)
    : columns_(columns), rows_(rows), reflow_(reflow) {
  window_.assign(static_cast<std::size_t>(rows), BlankRow());
}

Emulator::Row Emulator::BlankRow() const {
  return {std::vector<std::string>(static_cast<std::size_t>(columns_), " ")};
}

std::vector<std::string> Emulator::LinesOf(const std::vector<Row>& rows) {
  std::vector<std::string> lines;
  bool goes_on = false;
  for (const Row& row : rows) {
    if (!goes_on) lines.emplace_back();
    for (const std::string& cell : row.cells) lines.back() += cell;
    goes_on = row.goes_on;
  }
  for (std::string& line : lines) line.resize(line.find_last_not_of(' ') + 1);
  return lines;
}

std::vector<std::string> Emulator::All() const {
  std::vector<Row> rows = history_;
  rows.insert(rows.end(), window_.begin(), window_.end());
  return LinesOf(rows);
}

std::vector<std::string> Emulator::Used() const {
  std::vector<std::string> lines = All();
  const std::size_t least = history_.size() + static_cast<std::size_t>(row_) + 1;
  while (lines.size() > least && lines.back().empty()) lines.pop_back();
  return lines;
}

void Emulator::Write(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\r' || text[at] == '\n') {
      column_ = 0;
      full_ = false;
      if (text[at] == '\n') NextRow();
      ++at;
    } else if (text[at] == '\x1b') {
      at = Command(text, at);
    } else {
      std::size_t end = at + 1;
      while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
      const std::string character(text.substr(at, end - at));
      Put(character, ColumnsOf(character));
      at = end;
    }
  }
}

void Emulator::Put(const std::string& character, int width) {
  if (width > columns_) return;
  if (wraps_ && (full_ || column_ + width > columns_)) {
    window_[static_cast<std::size_t>(row_)].goes_on = true;
    NextRow();
    column_ = 0;
  }
  column_ = std::min(column_, columns_ - width);
  std::vector<std::string>& cells = window_[static_cast<std::size_t>(row_)].cells;
  cells[static_cast<std::size_t>(column_)] = character;
  if (width == 2) cells[static_cast<std::size_t>(column_) + 1] = "";
  column_ += width;
  full_ = column_ == columns_;
  if (full_) --column_;
}

void Emulator::NextRow() {
  full_ = false;
  if (row_ + 1 < rows_) {
    ++row_;
    return;
  }
  history_.push_back(window_.front());
  window_.erase(window_.begin());
  window_.push_back(BlankRow());
}

// ESC [ nA: up; J: blank from the cursor on; 2K: the row; ?7l and ?7h: no wrapping, and again.
// Where it ends.
std::size_t Emulator::Command(std::string_view text, std::size_t at) {
  const std::size_t end = text.find_first_of("AJKlh", at);
  const std::string_view argument = text.substr(at + 2, end - at - 2);
  if (text[end] == 'A') row_ = std::max(0, row_ - std::stoi(std::string(argument)));
  if (text[end] == 'J') BlankFromCursor();
  if (text[end] == 'K') window_[static_cast<std::size_t>(row_)] = BlankRow();
  if (argument == "?7") wraps_ = text[end] == 'h';
  full_ = false;
  return end + 1;
}

void Emulator::BlankFromCursor() {
  const bool at_home = row_ == 0 && column_ == 0 && !full_;
  if (at_home) history_.insert(history_.end(), window_.begin(), window_.end());
  Row& row = window_[static_cast<std::size_t>(row_)];
  std::fill(row.cells.begin() + column_, row.cells.end(), " ");
  if (column_ == 0) row.goes_on = false;
  std::fill(window_.begin() + row_ + 1, window_.end(), BlankRow());
}

void Emulator::Resize(int columns, int rows) {
  full_ = false;
  if (columns != columns_ && reflow_ == Reflow::kCut) CutRows(columns);
  if (columns != columns_ && reflow_ == Reflow::kWrap) WrapRows(columns);
  ChangeHeight(rows);
}

void Emulator::CutRows(int columns) {
  columns_ = columns;
  for (Row& row : window_) row.cells.resize(static_cast<std::size_t>(columns), " ");
  column_ = std::min(column_, columns - 1);
}

void Emulator::WrapRows(int columns) {
  std::vector<Row> all = std::move(history_), wrapped;
  const std::size_t cursor_row = all.size() + static_cast<std::size_t>(row_);
  all.insert(all.end(), window_.begin(), window_.end());
  columns_ = columns;
  const std::size_t width = static_cast<std::size_t>(columns);
  std::size_t cursor = 0;
  std::vector<std::string> line;
  for (std::size_t i = 0; i < all.size(); ++i) {
    // Every cursor of these tests is at a row's beginning when the window changes.
    if (i == cursor_row) cursor = wrapped.size() + line.size() / width;
    line.insert(line.end(), all[i].cells.begin(), all[i].cells.end());
    if (all[i].goes_on && i + 1 < all.size()) continue;
    while (!line.empty() && line.back() == " ") line.pop_back();
    for (std::size_t from = 0; from == 0 || from < line.size(); from += width) {
      Row row = BlankRow();
      const std::size_t count = std::min(width, line.size() - from);
      std::copy_n(line.begin() + static_cast<std::ptrdiff_t>(from), count, row.cells.begin());
      row.goes_on = from + width < line.size();
      wrapped.push_back(std::move(row));
    }
    line.clear();
  }
  ShowAround(std::move(wrapped), cursor);
}

// What fits below the cursor's row or above it; the cursor stays in the window, at its top where
// there is more below it than fits.
void Emulator::ShowAround(std::vector<Row> wrapped, std::size_t cursor) {
  std::size_t last = wrapped.size();
  const auto blank = [&](const Row& row) { return LinesOf({row})[0].empty(); };
  while (last > cursor + 1 && blank(wrapped[last - 1])) --last;
  wrapped.resize(last, BlankRow());
  const std::size_t height = static_cast<std::size_t>(rows_);
  const std::size_t top = std::min(cursor, last > height ? last - height : 0);
  history_.assign(wrapped.begin(), wrapped.begin() + static_cast<std::ptrdiff_t>(top));
  window_.assign(wrapped.begin() + static_cast<std::ptrdiff_t>(top), wrapped.end());
  window_.resize(height, BlankRow());
  row_ = static_cast<int>(cursor - top);
  column_ = 0;
}

void Emulator::ChangeHeight(int rows) {
  while (static_cast<int>(window_.size()) > rows) {
    if (row_ + 1 < static_cast<int>(window_.size())) {
      window_.pop_back();
    } else {
      history_.push_back(window_.front());
      window_.erase(window_.begin());
      --row_;
    }
  }
  rows_ = rows;
  window_.resize(static_cast<std::size_t>(rows), BlankRow());
}

}  // namespace normlab
