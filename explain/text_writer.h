// A worked example for a terminal.
#pragma once

#include <string>

#include "explain/worked_example.h"

namespace normlab {

// `color`: backgrounds tell the statistics apart, beside the letters that do so anyway.
std::string ExampleText(const WorkedExample& example, bool color);

// `text` in lines of at most `width` characters, broken at spaces.
std::string Wrapped(const std::string& text, std::size_t width);

}  // namespace normlab
