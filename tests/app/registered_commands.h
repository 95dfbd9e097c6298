// The commands that the program has, as its help lists them.
#pragma once

#include <string>
#include <vector>

#include "tests/app/program.h"

namespace normlab {

// The words of each: {} is the program itself, then {"run"}, ..., {"data"}, {"data", "list"}, ...
std::vector<std::vector<std::string>> RegisteredCommands(const TemporaryFolder& folder);

}  // namespace normlab
