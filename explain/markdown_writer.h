// A worked example as Markdown, for a README: CommonMark with GitHub's tables.
#pragma once

#include <string>

#include "explain/worked_example.h"

namespace normlab {

// `heading_level` of the first heading; those below are one deeper.
std::string ExampleMarkdown(const WorkedExample& example, int heading_level = 2);

// The numbers alone, without title, reasons and formulas; headings are of this level.
std::string ExampleNumbersMarkdown(const WorkedExample& example, int heading_level);

}  // namespace normlab
