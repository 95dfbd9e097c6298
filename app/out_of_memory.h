// What is said where memory has run out.
#pragma once

#include <string>

namespace normlab {

// The limit that was met, and what needs less of it: of the command's flags one that does, if it
// has any. Itself asks for next to nothing.
std::string OutOfMemory(const std::string& command);

}  // namespace normlab
