// Tables as text: in aligned columns for the terminal, and as Markdown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace normlab {

// The first row is the header; all rows have its number of cells.
using Cells = std::vector<std::vector<std::string>>;

// A letter for each column, 'l' for text or 'r' for numbers; the last one holds for the rest. Words
// of users and files are made one line of valid UTF-8. Every row ends with a newline, none with
// spaces.
std::string AlignedTable(const Cells& cells, std::string_view alignment = "lr");

std::string MarkdownTable(const Cells& cells, std::string_view alignment = "lr");

}  // namespace normlab
