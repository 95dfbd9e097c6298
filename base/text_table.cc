#include "base/text_table.h"

#include <algorithm>

#include "base/escape.h"

namespace normlab {
namespace {

bool IsRight(std::string_view alignment, std::size_t column) {
  return alignment[std::min(column, alignment.size() - 1)] == 'r';
}

}  // namespace

std::string AlignedTable(const Cells& cells, std::string_view alignment) {
  std::vector<std::size_t> widths(cells[0].size());
  for (const auto& row : cells) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      widths[c] = std::max(widths[c], CharacterCount(PlainLine(row[c])));
    }
  }
  std::string text;
  for (const auto& row : cells) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::string cell = PlainLine(row[c]);
      const std::string gap(widths[c] - CharacterCount(cell), ' ');
      if (c > 0) line += "  ";
      line += IsRight(alignment, c) ? gap + cell : cell + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string MarkdownTable(const Cells& cells, std::string_view alignment) {
  std::string text;
  for (std::size_t r = 0; r < cells.size(); ++r) {
    for (const std::string& cell : cells[r]) text += "| " + MarkdownText(cell) + ' ';
    text += "|\n";
    if (r > 0) continue;
    for (std::size_t c = 0; c < cells[0].size(); ++c) {
      text += IsRight(alignment, c) ? "|---:" : "|:---";
    }
    text += "|\n";
  }
  return text;
}

}  // namespace normlab
