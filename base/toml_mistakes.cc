#include "base/toml_mistakes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/printable.h"
#include "base/text.h"

namespace normlab {
namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string_view LineOf(std::string_view text, std::size_t line) {
  for (; line > 1; --line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return Trimmed(text.substr(0, text.find('\n')));
}

// Files of other kinds that are given another name, or taken for a recipe.
std::string OtherKind(std::string_view text) {
  const std::string_view start = Trimmed(text);
  if (start.starts_with("{")) return "JSON";
  if (start.starts_with("<")) return "a web page or XML";
  if (start.starts_with("version https://git-lfs")) return "a Git LFS pointer";
  if (start.starts_with("---") || start.starts_with("%YAML")) return "YAML";
  if (start.starts_with("#!")) return "a script";
  for (const char* word : {"import ", "from ", "def ", "class "}) {
    if (start.starts_with(word)) return "a Python program";
  }
  return "";
}

bool IsWord(std::string_view text) {
  return !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
         std::ranges::all_of(text, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == ':' || c == '/';
         });
}

// The keys of the table that the line stands in, in the lines before it.
std::set<std::string_view> KeysBefore(std::string_view text, std::size_t line) {
  std::set<std::string_view> keys;
  for (std::size_t i = 1; i < line; ++i) {
    const std::string_view before = LineOf(text, i);
    if (before.starts_with('[')) keys.clear();
    const std::size_t equals = before.find('=');
    if (equals != std::string_view::npos) keys.insert(Trimmed(before.substr(0, equals)));
  }
  return keys;
}

// What stands after the =, without a comment.
std::string ValueMistake(std::string_view key, std::string_view value) {
  value = Trimmed(value.substr(0, value.find('#')));
  const std::string shown = Printable(value);
  const std::string lower = Lowered(value);
  if (value.empty()) return fmt::format("expected a value after {} =, found none", key);
  if (lower == "true" || lower == "false") {
    return fmt::format("expected true or false, found {}; write {} = {}", shown, key, lower);
  }
  if (value.find("\u201c") != std::string_view::npos ||
      value.find("\u201d") != std::string_view::npos) {
    return fmt::format("expected straight quotes (\"), found typographic ones: {}", shown);
  }
  if (IsWord(value)) {
    return fmt::format("expected a word in quotes, found {}; write {} = \"{}\"", shown, key, shown);
  }
  if (std::ranges::count(value, '"') % 2 == 1) {
    return fmt::format("expected a closing quote, found the end of the line: {}", shown);
  }
  if (std::isdigit(static_cast<unsigned char>(value[0])) != 0 || value[0] == '-' ||
      value[0] == '+') {
    return fmt::format("expected a number such as 20, 0.05 or 1e-3, found {}", shown);
  }
  return fmt::format(
      "expected a value (true or false, a number, a word in quotes or a list of them in [ ]), "
      "found {}",
      shown);
}

}  // namespace

std::string TomlMistake(std::string_view text, std::size_t line, std::string_view begins) {
  const std::string kind = OtherKind(text);
  if (!kind.empty()) {
    return fmt::format("expected TOML, found {}; {}", kind, begins);
  }
  const std::string_view here = LineOf(text, line);
  const std::size_t equals = here.find('='), colon = here.find(':');
  if (equals == std::string_view::npos || colon < equals) {
    const bool yaml = colon != std::string_view::npos && !here.starts_with('[');
    return fmt::format("expected key = value, found {}; {}",
                       here.empty() ? "the end of the line" : Printable(here),
                       yaml ? "TOML has = where YAML has a colon"
                            : "a table begins with [name], a comment with #");
  }
  const std::string_view key = Trimmed(here.substr(0, equals));
  if (KeysBefore(text, line).contains(key)) {
    return fmt::format("expected the key {} once, found it again; keep one", Printable(key));
  }
  if (!IsWord(key) && !key.starts_with('"')) {
    return fmt::format("expected a key before the =, found {}; keys are plain words, such as lr",
                       key.empty() ? "none" : Printable(key));
  }
  return ValueMistake(Printable(key), here.substr(equals + 1));
}

}  // namespace normlab
