// A summary for a report in Markdown.
#pragma once

#include <string>

#include "summary/summary.h"
#include "summary/tables.h"

namespace normlab {

std::string MarkdownTable(const Table& table);

// The layers under ShownNorm, totals, all normalizations side by side and the warnings. Headings
// begin at `level` (2: "##").
std::string SummaryMarkdown(const Summary& summary, int level = 2);

}  // namespace normlab
