// A worked example as Markdown, for a README: CommonMark with GitHub's tables.
#pragma once

#include <string>

#include "explain/worked_example.h"

namespace normlab {

// `heading_level` of the first heading; those below are one deeper.
std::string ExampleMarkdown(const WorkedExample& example, int heading_level = 2);

}  // namespace normlab
