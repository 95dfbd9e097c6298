// Which flags and arguments are paths: the one list.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace normlab {

// As --help names them.
const std::vector<std::string>& PathOptions();

// A leading ~ of each of them, in every command, is the home folder (base/home.h). For all commands
// at once, after they have been added.
void ExpandHomeInPaths(CLI::App& program);

}  // namespace normlab
