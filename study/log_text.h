// log.txt of an arm: a paragraph an epoch (study/log_lines.h).
#pragma once

#include <map>
#include <string>

namespace normlab {

// By epoch; each begins with "Epoch N:" and ends with an empty line.
using LogParagraphs = std::map<int, std::string>;

// Throws DataError where the file is missing, or its paragraphs are not those of epochs 1, 2, 3,
// ...
LogParagraphs ReadLog(const std::string& path);

}  // namespace normlab
