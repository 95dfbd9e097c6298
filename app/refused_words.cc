#include "app/refused_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

std::vector<std::string> Flags(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

std::vector<std::string> Subcommands(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* each : command.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(each->get_name());
  }
  return names;
}

}  // namespace

const CLI::App& ChosenCommand(const CLI::App& program) {
  const CLI::App* chosen = &program;
  while (!chosen->get_subcommands().empty()) chosen = chosen->get_subcommands().front();
  return *chosen;
}

std::string CommandName(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  const bool first = parent == nullptr || parent->get_parent() == nullptr;
  return first ? command.get_name() : CommandName(*parent) + " " + command.get_name();
}

std::string OptionName(const CLI::Option& option) {
  return option.get_positional() ? option.get_name(true) : "--" + option.get_single_name();
}

std::string UnexpectedWords(const CLI::App& program) {
  const CLI::App& command = ChosenCommand(program);
  const std::string name = CommandName(command);
  const std::string help =
      fmt::format(" (see normlab{} --help)", command.get_parent() == nullptr ? "" : " " + name);
  const std::vector<std::string> words = program.remaining(true);
  const auto flag = std::ranges::find_if(
      words, [](const std::string& word) { return word.size() > 1 && word.starts_with('-'); });
  if (flag != words.end()) {
    const std::string given = flag->substr(0, flag->find('='));
    return fmt::format("{} has no flag {}{}{}", name, Printable(given),
                       NearestWords(given, Flags(command)), help);
  }
  const std::string given = words.empty() ? "" : words.front();
  const std::vector<std::string> commands = Subcommands(command);
  if (!commands.empty()) {
    return fmt::format("{} has no command '{}', expected one of {}{}{}", name, Printable(given),
                       Join(commands), NearestWords(given, commands), help);
  }
  return fmt::format("{}: expected no further word, found '{}'{}", name, Printable(given), help);
}

void RefuseEmptyValues(const CLI::App& program) {
  for (const CLI::App* command = &program; command != nullptr;
       command = command->get_subcommands().empty() ? nullptr
                                                    : command->get_subcommands().front()) {
    for (const CLI::Option* option : command->get_options()) {
      if (std::ranges::find(option->results(), "") == option->results().end()) continue;
      throw UsageError(
          fmt::format("{}: {}: expected a value, found an empty one; is a "
                      "variable of the shell not set?",
                      CommandName(*command), OptionName(*option)));
    }
  }
}

}  // namespace normlab
