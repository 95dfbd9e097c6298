// What a user typed that no command takes.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace normlab {

const CLI::App& ChosenCommand(const CLI::App& program);

// "data fetch"; of the program itself "normlab".
std::string CommandName(const CLI::App& command);

// "--out", "folder"
std::string OptionName(const CLI::Option& option);

// After a CLI::ExtrasError: the first word that was not expected, whose it would have been, and the
// nearest flag.
std::string UnexpectedWords(const CLI::App& program);

// A flag or folder whose value is the empty text: most often a variable of a shell that is not set.
// Throws UsageError.
void RefuseEmptyValues(const CLI::App& program);

}  // namespace normlab
