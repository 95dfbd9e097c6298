#include "study/recipe.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace normlab {
namespace {

// A dotted key or heading is nested as deep as it has dots, and toml++ takes a level of the stack
// for each: some ten thousand in a line would end the program.
void CheckLines(std::string_view text, const std::string& name) {
  constexpr std::size_t kLongestLine = std::size_t{1} << 14;
  std::size_t number = 1;
  for (std::size_t start = 0; start < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (end - start > kLongestLine) {
      throw UsageError(fmt::format("recipe {}, line {}: {} bytes, expected at most {}", name,
                                   number, end - start, kLongestLine));
    }
    start = end + 1;
  }
}

std::string Origin(const std::string& recipe, const toml::node& node) {
  return fmt::format("recipe {}, line {}", recipe, node.source().begin.line);
}

Setting MakeSetting(const std::string& key, const toml::node& node, const std::string& origin) {
  if (const auto* word = node.as_string()) return {key, word->get(), origin, ValueKind::kWord};
  if (const auto* flag = node.as_boolean()) {
    return {key, flag->get() ? "true" : "false", origin, ValueKind::kBoolean};
  }
  if (const auto* whole = node.as_integer()) {
    return {key, std::to_string(whole->get()), origin, ValueKind::kInteger};
  }
  if (const auto* real = node.as_floating_point()) {
    return {key, fmt::format("{}", real->get()), origin, ValueKind::kReal};
  }
  throw UsageError(
      fmt::format("{}: {}: expected one value (true or false, a number or a word)", origin, key));
}

// schedule = { name = ..., ... }: the name first, since it replaces what stood there.
void AddSchedule(const std::string& recipe, const toml::table& table,
                 std::vector<Setting>& settings) {
  if (const toml::node* name = table.get("name")) {
    settings.push_back(MakeSetting("schedule", *name, Origin(recipe, *name)));
  }
  for (const auto& [argument, node] : table) {
    if (argument.str() == "name") continue;
    settings.push_back(
        MakeSetting("schedule." + std::string(argument.str()), node, Origin(recipe, node)));
  }
}

bool IsHeading(std::string_view key) { return key == "recipe" || key == "about" || key == "run"; }

std::vector<Setting> ReadSettings(const std::string& recipe, const toml::table& table,
                                  bool is_arm) {
  std::vector<Setting> settings;
  for (const auto& [name, node] : table) {
    const std::string key(name.str());
    if (!is_arm && IsHeading(key)) continue;
    const std::string origin = Origin(recipe, node);
    const Key& known = FindKey(key, origin);
    if (is_arm && known.scope != KeyScope::kArm) {
      throw UsageError(fmt::format(
          "{}: {} belongs to the whole run; write it above the first [[run]]", origin, key));
    }
    if (key == "schedule" && node.is_table()) {
      AddSchedule(recipe, *node.as_table(), settings);
    } else {
      settings.push_back(MakeSetting(key, node, origin));
    }
  }
  return settings;
}

std::string Heading(const toml::table& table, const std::string& recipe, const char* key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return "";
  if (const auto* word = node->as_string()) return word->get();
  throw UsageError(fmt::format("{}: {}: expected a word in quotes", Origin(recipe, *node), key));
}

void ReadArms(const toml::table& table, Recipe& recipe) {
  const toml::node* runs = table.get("run");
  if (runs == nullptr) {
    recipe.arms.emplace_back();
    return;
  }
  const toml::array* array = runs->as_array();
  if (array == nullptr || array->empty() || !array->is_homogeneous<toml::table>()) {
    throw UsageError(
        fmt::format("{}: run: expected arms written as [[run]]", Origin(recipe.name, *runs)));
  }
  for (const toml::node& arm : *array) {
    recipe.arms.push_back(ReadSettings(recipe.name, *arm.as_table(), true));
  }
}

// The name becomes part of a folder's name.
std::string CheckName(const std::string& name) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '+';
  };
  if (name.empty() || name.size() > 64 || name[0] == '.' || !std::ranges::all_of(name, plain)) {
    throw UsageError(fmt::format(
        "recipe '{}': expected a name of 1 to 64 letters, digits, '-', '_', '+' or '.'", name));
  }
  return name;
}

}  // namespace

Recipe ParseRecipe(std::string_view text, const std::string& name) {
  CheckLines(text, name);
  toml::table table;
  try {
    table = toml::parse(text, std::string_view(name));
  } catch (const toml::parse_error& error) {
    throw UsageError(fmt::format("recipe {}, line {}: {}", name, error.source().begin.line,
                                 error.description()));
  }
  Recipe recipe;
  recipe.name = name;  // in messages, until the file's own name is known
  recipe.about = Heading(table, name, "about");
  recipe.base = ReadSettings(name, table, false);
  ReadArms(table, recipe);
  const std::string given = Heading(table, name, "recipe");
  recipe.name = CheckName(given.empty() ? std::filesystem::path(name).stem().string() : given);
  return recipe;
}

Recipe LoadRecipe(const std::string& path_or_name) {
  if (path_or_name.ends_with(".toml") || path_or_name.find('/') != std::string::npos) {
    std::string text;
    try {
      text = ReadFile(path_or_name);
    } catch (const Error& error) {
      throw UsageError(fmt::format("recipe: {}", error.what()));
    }
    return ParseRecipe(text, path_or_name);
  }
  std::vector<std::string> names;
  for (const ShippedRecipe& shipped : ShippedRecipes()) {
    if (shipped.name == path_or_name) return ParseRecipe(shipped.text, path_or_name);
    names.emplace_back(shipped.name);
  }
  throw UsageError(fmt::format(
      "unknown recipe '{}'; the nearest is '{}' (shipped: {}; a file's name ends in .toml)",
      path_or_name, NearestName(path_or_name, names), Join(names)));
}

}  // namespace normlab
