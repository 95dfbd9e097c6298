// What a user typed that a command takes, and not so.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace normlab {

// After a CLI::ParseError other than an ExtrasError, whose own words say little: whose the argument
// is, what it may be, what was given, and which help tells more.
std::string RefusedArgument(const CLI::App& program, const CLI::ParseError& error);

}  // namespace normlab
