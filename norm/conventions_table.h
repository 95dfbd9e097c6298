// The registry as the table of docs/conventions.md, so that the page cannot say another thing than
// the engine does.
#pragma once

#include <string>

namespace normlab {

// Markdown: a row for every method with its axes, what it learns, eps, variance, running
// statistics, train and evaluation, PyTorch's module and the source.
std::string NormalizationsMarkdown();

}  // namespace normlab
