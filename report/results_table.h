// The table of results: one row an arm, and with several seeds the mean and deviation of each
// model.
#pragma once

#include <string>

#include "report/run_folder.h"

namespace normlab {

// Plain text in aligned columns, for the terminal. Ends with a newline.
std::string ResultsTable(const RunRecord& run);

// The same numbers as Markdown.
std::string ResultsMarkdown(const RunRecord& run);

}  // namespace normlab
