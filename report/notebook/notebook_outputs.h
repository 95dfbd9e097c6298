// What each cell of the notebook shows, as Jupyter would have kept it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "records/run_folder.h"

namespace normlab {

// The list "outputs" of the cell with this name, executed as the `count`-th. A cell that shows
// nothing, or is not known, has none.
nlohmann::ordered_json NotebookOutputs(const std::string& cell, int count, const RunRecord& run);

// Words of others in the notebook's HTML and Markdown: shown as they are, where they hold markup, a
// formula or an address as code.
std::string NotebookWords(const std::string& text);

}  // namespace normlab
