#include "report/notebook/notebook_cells.h"

#include <algorithm>

namespace normlab {
namespace {

constexpr std::string_view kMarker = "# %% ", kMarkdown = "[markdown] ";

void AddLine(std::string_view line, NotebookCell& cell) {
  if (cell.markdown && line.starts_with('#')) line.remove_prefix(line.starts_with("# ") ? 2 : 1);
  cell.source += line;
  cell.source += '\n';
}

}  // namespace

std::vector<NotebookCell> NotebookCells() {
  std::vector<NotebookCell> cells;
  std::string_view text = NotebookCellsText();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(kMarker)) {
      line.remove_prefix(kMarker.size());
      const bool markdown = line.starts_with(kMarkdown);
      if (markdown) line.remove_prefix(kMarkdown.size());
      cells.push_back({std::string(line), markdown, ""});
    } else if (!cells.empty()) {
      AddLine(line, cells.back());
    }
  }
  for (NotebookCell& cell : cells) {
    cell.source.erase(cell.source.find_last_not_of('\n') + 1);
  }
  return cells;
}

}  // namespace normlab
