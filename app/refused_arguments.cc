#include "app/refused_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "app/refused_words.h"
#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

// The option that the words begin or, after "Could not convert: ", go on with.
const CLI::Option* FindOption(const CLI::App& command, std::string_view words) {
  constexpr std::string_view kConversion = "Could not convert: ";
  if (words.starts_with(kConversion)) words.remove_prefix(kConversion.size());
  const std::string_view name = words.substr(0, words.find_first_of(": ="));
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_name() == name || option->get_name(true) == name) return option;
  }
  return nullptr;
}

// "INT:INT in [1 - 16384]" says "a whole number from 1 to 16384", "TEXT:{auto,bar}" "auto or bar".
std::string Allowed(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t set = type.find('{'), range = type.find('[');
  if (set != std::string::npos) {
    std::string choices = type.substr(set + 1, type.find('}') - set - 1);
    for (std::size_t at = 0; (at = choices.find(',', at)) != std::string::npos; at += 2) {
      choices.replace(at, 1, ", ");
    }
    const std::size_t last = choices.rfind(", ");
    return last == std::string::npos ? choices : choices.replace(last, 2, " or ");
  }
  const std::string number = type.starts_with("FLOAT") ? "a number" : "a whole number";
  if (range != std::string::npos) {
    const std::string ends = type.substr(range + 1, type.find(']') - range - 1);
    const std::size_t dash = ends.find(" - ");
    return fmt::format("{} from {} to {}", number, ends.substr(0, dash), ends.substr(dash + 3));
  }
  if (type.empty()) return "no value: it is a switch";
  if (type.starts_with("INT") || type.starts_with("UINT") || type.starts_with("FLOAT")) {
    return number;
  }
  return option.get_expected_min() > 1 ? fmt::format("{} values", option.get_expected_min())
                                       : "a value";
}

std::string Found(const CLI::Option& option) {
  const std::vector<std::string> given = option.results();
  if (given.empty()) return "none";
  if (static_cast<int>(given.size()) < option.get_expected_min()) {
    return fmt::format("{}", given.size());
  }
  return fmt::format("'{}'", Printable(given.back()));
}

// `allowed` stands first where the option is one of few: its description says the rest.
std::string Expectation(const CLI::Option& option) {
  const std::string allowed = Allowed(option), about = option.get_description();
  return about.empty() || about == allowed ? allowed : fmt::format("{} ({})", allowed, about);
}

std::string Explained(const CLI::Option& option, const CLI::ParseError& error) {
  const std::string name = OptionName(option);
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr) {
    for (const CLI::Option* other : const_cast<CLI::Option&>(option).get_excludes()) {
      if (other->count() > 0) {
        return fmt::format("{} and {} exclude each other: expected one of them, found both", name,
                           OptionName(*other));
      }
    }
  }
  const bool flag = option.get_expected_max() == 0;
  const int most = std::max(option.get_expected_max(), 1);
  if (static_cast<int>(option.results().size()) > most && !flag) {
    return fmt::format("{}: expected once, found {} times; keep one", name,
                       option.results().size());
  }
  if (option.results().empty())
    return fmt::format("{}: expected {}, found none", name, Expectation(option));
  return fmt::format("{}: expected {}, found {}", name, Allowed(option), Found(option));
}

}  // namespace

std::string RefusedArgument(const CLI::App& program, const CLI::ParseError& error) {
  const CLI::App& command = ChosenCommand(program);
  // What is missing is most often what an unknown flag before it was to be.
  const std::vector<std::string> left = program.remaining(true);
  if (std::ranges::any_of(left, [](const std::string& word) { return word.starts_with("--"); })) {
    return UnexpectedWords(program);
  }
  const CLI::Option* option = FindOption(command, error.what());
  const std::string name = CommandName(command);
  const std::string what =
      option == nullptr ? "these arguments do not go together" : Explained(*option, error);
  return command.get_parent() == nullptr
             ? fmt::format("{} (see normlab --help)", what)
             : fmt::format("{}: {} (see normlab {} --help)", name, what, name);
}

}  // namespace normlab
