// The registry as the table of docs/conventions.md, so that the page cannot say another thing than
// the engine does.
#pragma once

#include <string>

namespace normlab {

// Markdown: a row for every method with its statistics and what each pools over, what it learns,
// its running values, whether it is an activation too, PyTorch's module and the source; all from
// its equation and file.
std::string NormalizationsMarkdown();

}  // namespace normlab
