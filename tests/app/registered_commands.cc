#include "tests/app/registered_commands.h"

#include <sstream>

namespace normlab {
namespace {

// The words below "Subcommands:".
std::vector<std::string> Subcommands(const std::string& help) {
  std::vector<std::string> commands;
  std::istringstream stream(help);
  bool below = false;
  for (std::string line; std::getline(stream, line);) {
    if (below && line.starts_with("  ") && !line.starts_with("   ")) {
      commands.push_back(line.substr(2, line.find(' ', 2) - 2));
    }
    below |= line == "Subcommands:";
  }
  return commands;
}

void AddBelow(const TemporaryFolder& folder, const std::vector<std::string>& command,
              std::vector<std::vector<std::string>>& all) {
  all.push_back(command);
  std::vector<std::string> help = command;
  help.emplace_back("--help");
  for (const std::string& word : Subcommands(RunProgram(folder, help).out)) {
    std::vector<std::string> below = command;
    below.push_back(word);
    AddBelow(folder, below, all);
  }
}

}  // namespace

std::vector<std::vector<std::string>> RegisteredCommands(const TemporaryFolder& folder) {
  std::vector<std::vector<std::string>> all;
  AddBelow(folder, {}, all);
  return all;
}

}  // namespace normlab
