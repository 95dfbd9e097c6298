#include "report/records/recipe_text.h"

namespace normlab {
namespace {

using SettingMap = std::map<std::string, std::string>;

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Up to the comment, which a '#' outside of quotes begins.
std::string_view WithoutComment(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == '#' && !quoted) {
      return line.substr(0, i);
    }
  }
  return line;
}

// At the commas outside of quotes.
std::vector<std::string_view> Parts(std::string_view list) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && list[i] == '"') quoted = !quoted;
    if (i < list.size() && (list[i] != ',' || quoted)) continue;
    parts.push_back(Trimmed(list.substr(start, i - start)));
    start = i + 1;
  }
  return parts;
}

void AddSetting(const std::string& key, std::string_view value, SettingMap& table) {
  if (!value.starts_with('{') || !value.ends_with('}')) {
    table[key] = Unquoted(value);
    return;
  }
  for (const std::string_view part : Parts(value.substr(1, value.size() - 2))) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string name(Trimmed(part.substr(0, equals)));
    table[name == "name" ? key : key + "." + name] = Unquoted(Trimmed(part.substr(equals + 1)));
  }
}

}  // namespace

std::string Unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  std::string text;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    const bool escape = value[i] == '\\' && (value[i + 1] == '"' || value[i + 1] == '\\');
    if (escape && i + 2 < value.size()) ++i;
    text += value[i];
  }
  return text;
}

RecipeText ReadRecipeText(std::string_view text) {
  RecipeText recipe;
  SettingMap* table = &recipe.base;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trimmed(WithoutComment(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (line == "[[run]]") {
      table = &recipe.arms.emplace_back();
    } else if (line.starts_with('[')) {
      table = nullptr;
    } else if (equals != std::string_view::npos && table != nullptr) {
      AddSetting(std::string(Trimmed(line.substr(0, equals))), Trimmed(line.substr(equals + 1)),
                 *table);
    }
  }
  return recipe;
}

std::string RecipeValue(std::string_view recipe_text, const std::string& key) {
  const RecipeText recipe = ReadRecipeText(recipe_text);
  const auto found = recipe.base.find(key);
  return found == recipe.base.end() ? "" : found->second;
}

}  // namespace normlab
