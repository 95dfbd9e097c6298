// One subcommand of the program: its flags, its help, and what runs when it was chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"

namespace normlab {

struct Command {
  CLI::App* app = nullptr;
  // `command_line` is what the user typed, the program's name first.
  std::function<ExitCode(const std::vector<std::string>& command_line)> run;
};

// Help begins with the examples: users copy those and read the flags afterwards. They are the
// footer of the CLI::App, a line each.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_description(const CLI::App* app) const override;
  std::string make_footer(const CLI::App* app) const override;
};

}  // namespace normlab
