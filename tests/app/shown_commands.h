// Commands that a page of docs/ shows with their output.
#pragma once

#include <string>
#include <vector>

#include "tests/app/program.h"

namespace normlab {

// "$ normlab ..." at the beginning of a block of the page, and what it prints below; "[...]" as the
// first or the last line stands for what is left out there.
struct Shown {
  std::vector<std::string> arguments, output;
};
std::vector<Shown> ShownCommands(const std::string& page);

// Runs the command in `folder` and expects on stdout what the page shows.
void ExpectShown(const TemporaryFolder& folder, const Shown& shown);

// The text of the first block of the page that begins with "```<language>".
std::string FirstBlock(const std::string& page, const std::string& language);

}  // namespace normlab
