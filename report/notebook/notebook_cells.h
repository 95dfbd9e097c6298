// The notebook's cells as they are written in report/notebook/cells.py, the "percent" format of
// Jupytext and of editors: "# %% NAME" begins code, "# %% [markdown] NAME" words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace normlab {

struct NotebookCell {
  std::string name;  // also the cell's id in the notebook
  bool markdown = false;
  std::string source;
};

std::string_view NotebookCellsText();
std::vector<NotebookCell> NotebookCells();

}  // namespace normlab
