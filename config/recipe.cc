#include "config/recipe.h"

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/text_file.h"
#include "base/toml_kind.h"
#include "base/toml_mistakes.h"
#include "config/grid.h"
#include "config/norm_setting.h"
#include "config/read_tuning.h"
#include "data/file_kind.h"
#include "data/passed_over.h"

namespace normlab {
namespace {

constexpr std::size_t kMostRecipeBytes = std::size_t{16} << 20;

using Folder = std::optional<std::string>;  // of ParseRecipe

std::string Origin(const std::string& recipe, const toml::node& node) {
  return fmt::format("recipe {}, line {}", recipe, node.source().begin.line);
}

// A list as PyTorch takes it, milestones = [10, 15], as --set has it: "10 15".
std::string ListText(const toml::array& list) {
  std::vector<std::string> numbers;
  for (const toml::node& node : list) {
    if (!node.is_integer()) return "";
    numbers.push_back(std::to_string(node.as_integer()->get()));
  }
  return Join(numbers, " ");
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
      fmt::format("{}: {}: expected one value (true or false, a number or a word), found {}",
                  origin, key, TomlKind(node)));
}

// schedule = { name = ..., ... }: the name first, since it replaces what stood there.
void AddChoice(const std::string& recipe, const std::string& choice, const toml::table& table,
               std::vector<Setting>& settings) {
  if (const toml::node* name = table.get("name")) {
    settings.push_back(MakeSetting(choice, *name, Origin(recipe, *name)));
  }
  for (const auto& [argument, node] : table) {
    if (argument.str() == "name") continue;
    const std::string key = choice + "." + std::string(argument.str());
    const std::string list = node.is_array() ? ListText(*node.as_array()) : "";
    settings.push_back(list.empty() ? MakeSetting(key, node, Origin(recipe, node))
                                    : Setting{key, list, Origin(recipe, node), ValueKind::kWord});
  }
}

Axis MakeAxis(const std::string& recipe, const Folder& folder, const std::string& key,
              const toml::array& list) {
  const std::string origin = Origin(recipe, list);
  if (list.empty()) {
    throw UsageError(
        fmt::format("{}: {}: expected one value at least, found an empty list, which leaves "
                    "nothing to run",
                    origin, key));
  }
  Axis axis{key, {}};
  for (const toml::node& node : list) {
    axis.values.push_back(MakeSetting(key, node, Origin(recipe, node)));
    if (folder) ReadNormFile(*folder, axis.values.back());
    Settings settings;
    ApplySetting(axis.values.back(), settings);  // refused here, where the line is known
  }
  return axis;
}

// The entries of a table in the order of the file; toml++ sorts them by name.
std::vector<std::pair<std::string, const toml::node*>> InFileOrder(const toml::table& table) {
  std::vector<std::pair<std::string, const toml::node*>> entries;
  for (const auto& [name, node] : table) entries.emplace_back(name.str(), &node);
  std::ranges::stable_sort(entries, {}, [](const auto& entry) {
    const toml::source_position at = entry.second->source().begin;
    return std::pair(at.line, at.column);
  });
  return entries;
}

SettingsTable ReadSettings(const std::string& recipe, const Folder& folder,
                           const toml::table& table, bool is_arm) {
  SettingsTable settings;
  for (const auto& [key, node] : InFileOrder(table)) {
    if (!is_arm && IsHeading(key)) continue;
    const std::string origin = Origin(recipe, *node);
    const Key& known = FindKey(key, origin);
    if (is_arm && known.scope != KeyScope::kArm) {
      throw UsageError(fmt::format(
          "{}: {} belongs to the whole run; write it above the first [[run]]", origin, key));
    }
    if (known.family != nullptr && node->is_table()) {
      AddChoice(recipe, key, *node->as_table(), settings.single);
    } else if (node->is_array() && known.scope == KeyScope::kArm) {
      settings.axes.push_back(MakeAxis(recipe, folder, key, *node->as_array()));
    } else {
      settings.single.push_back(MakeSetting(key, *node, origin));
      if (folder) ReadNormFile(*folder, settings.single.back());
    }
  }
  return settings;
}

std::string Heading(const toml::table& table, const std::string& recipe, const char* key) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return "";
  if (const auto* word = node->as_string()) return word->get();
  throw UsageError(fmt::format("{}: {}: expected a word in quotes, found {}", Origin(recipe, *node),
                               key, TomlKind(*node)));
}

// The tables of a list of tables; an absent one is empty.
std::vector<const toml::table*> Tables(const toml::table& table, const std::string& recipe,
                                       const char* key, const char* expected) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return {};
  const toml::array* array = node->as_array();
  if (array == nullptr || array->empty() || !array->is_homogeneous<toml::table>()) {
    throw UsageError(fmt::format("{}: {}: expected {}, found {}", Origin(recipe, *node), key,
                                 expected, TomlKind(*node)));
  }
  std::vector<const toml::table*> tables;
  for (const toml::node& each : *array) tables.push_back(each.as_table());
  return tables;
}

std::vector<ExcludeRule> ReadExcludeRules(const toml::table& table, const std::string& recipe,
                                          const Folder& folder) {
  std::vector<ExcludeRule> rules;
  for (const toml::table* each :
       Tables(table, recipe, "exclude",
              "rules written as [{ norm = \"layer\", l1 = [0.001, 0.002] }]")) {
    const SettingsTable settings = ReadSettings(recipe, folder, *each, true);
    ExcludeRule rule{settings.axes};
    for (const Setting& setting : settings.single) rule.keys.push_back({setting.key, {setting}});
    if (rule.keys.empty()) {
      throw UsageError(
          fmt::format("{}: exclude: expected a key at least, found an empty rule, which "
                      "would leave out every run",
                      Origin(recipe, *each)));
    }
    rules.push_back(std::move(rule));
  }
  return rules;
}

void ReadArms(const toml::table& table, const Folder& folder, const std::vector<Axis>& base_axes,
              Recipe& recipe) {
  std::vector<SettingsTable> tables;
  for (const toml::table* each : Tables(table, recipe.name, "run", "arms written as [[run]]")) {
    tables.push_back(ReadSettings(recipe.name, folder, *each, true));
  }
  if (tables.empty()) tables.emplace_back();
  const std::vector<ExcludeRule> rules = ReadExcludeRules(table, recipe.name, folder);
  for (const SettingsTable& each : tables) {
    for (std::vector<Setting>& arm : MultiplyOut(base_axes, each, recipe.name)) {
      if (!IsExcluded(rules, recipe.base, arm)) recipe.arms.push_back(std::move(arm));
    }
  }
  if (recipe.arms.empty()) {
    throw UsageError(fmt::format("recipe {}: its exclude rules leave nothing to run; take one away",
                                 recipe.name));
  }
}

double ReadLimit(const toml::node& node, const std::string& recipe, std::string_view name,
                 double most) {
  const auto value = node.is_number() ? node.value<double>() : std::nullopt;
  if (value && *value >= 0 && *value <= most) return *value;
  throw UsageError(fmt::format("{}: {}: expected a number from 0 to {}, found {}",
                               Origin(recipe, node), name, most,
                               value ? fmt::format("{}", *value) : std::string(TomlKind(node))));
}

Limits ReadLimits(const toml::table& table, const std::string& recipe) {
  Limits limits;
  const toml::node* node = table.get("limits");
  if (node == nullptr) return limits;
  if (!node->is_table()) {
    throw UsageError(fmt::format("{}: limits: expected a table, written as [limits], found {}",
                                 Origin(recipe, *node), TomlKind(*node)));
  }
  for (const auto& [key, value] : *node->as_table()) {
    if (key == "parameters") {
      limits.parameters = static_cast<std::uint64_t>(ReadLimit(value, recipe, key.str(), 1e12));
    } else if (key == "epochs") {
      limits.epochs = static_cast<int>(ReadLimit(value, recipe, key.str(), 1e6));
    } else if (key == "accuracy") {
      limits.accuracy = ReadLimit(value, recipe, key.str(), 100);
    } else {
      throw UsageError(
          fmt::format("{}: unknown limit '{}': expected parameters, epochs or accuracy",
                      Origin(recipe, value), key.str()));
    }
  }
  return limits;
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

// A folder in the place of a recipe: most often that of a run.
void RefuseFolder(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code status;
  if (!fs::is_directory(path, status)) return;
  const std::string name = Printable(path), file = path + "/recipe.toml";
  if (fs::exists(file, status)) {
    throw UsageError(fmt::format(
        "recipe: expected a recipe, found the run folder {}; its recipe is {}/recipe.toml, and "
        "normlab run {}/recipe.toml --out {} goes on with the run",
        name, name, name, name));
  }
  throw UsageError(fmt::format(
      "recipe: expected a shipped recipe or a file.toml, found the folder {}; a recipe in it is "
      "named with its path, such as {}/mine.toml",
      name, name));
}

// Pictures, archives, checkpoints: none of them becomes a recipe by being saved in UTF-8.
void RefuseNoText(std::string_view bytes, const std::string& path) {
  const std::string_view kind = KindOfBytes(bytes.substr(0, kKindBytes)).name;
  for (const char* text : {"text file", "file of an unknown kind", "empty file"}) {
    if (kind == text) return;
  }
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) return;  // UTF-16, UTF-32
  throw DataError(
      fmt::format("{}: expected a recipe, found {}; normlab recipes mnist > mine.toml "
                  "begins one",
                  Printable(path), OneOfKind(kind)));
}

}  // namespace

bool IsHeading(std::string_view key) {
  return key == "recipe" || key == "about" || key == "run" || key == "exclude" || key == "limits" ||
         key == "tune";
}

void CheckRecipeLines(std::string_view text, const std::string& name) {
  constexpr std::size_t kLongestLine = std::size_t{1} << 14;
  std::size_t number = 1;
  for (std::size_t start = 0; start < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (end - start > kLongestLine) {
      throw UsageError(
          fmt::format("recipe {}, line {}: {} bytes, expected at most {}; is it a recipe?", name,
                      number, end - start, kLongestLine));
    }
    start = end + 1;
  }
}

Recipe ParseRecipe(std::string_view text, const std::string& name, const Folder& folder) {
  CheckRecipeLines(text, name);
  toml::table table;
  try {
    table = toml::parse(text, std::string_view(name));
  } catch (const toml::parse_error& error) {
    const std::size_t line = error.source().begin.line;
    throw UsageError(
        fmt::format("recipe {}, line {}: {}", name, line,
                    TomlMistake(text, line, "normlab recipes mnist > mine.toml begins a recipe")));
  }
  Recipe recipe;
  recipe.name = name;  // in messages, until the file's own name is known
  recipe.about = Heading(table, name, "about");
  recipe.limits = ReadLimits(table, name);
  recipe.tuning = ReadTuning(
      name, table, [&](const std::string& key, const toml::node& node, const std::string& origin) {
        Setting setting = MakeSetting(key, node, origin);
        if (folder) ReadNormFile(*folder, setting);
        return setting;
      });
  SettingsTable base = ReadSettings(name, folder, table, false);
  recipe.base = std::move(base.single);
  ReadArms(table, folder, base.axes, recipe);
  const std::string given = Heading(table, name, "recipe");
  recipe.name = CheckName(given.empty() ? std::filesystem::path(name).stem().string() : given);
  return recipe;
}

std::string ReadRecipe(const std::string& path_or_name) {
  std::vector<std::string> names;
  for (const ShippedRecipe& shipped : ShippedRecipes()) {
    if (shipped.name == path_or_name) return std::string(shipped.text);
    names.emplace_back(shipped.name);
  }
  RefuseFolder(path_or_name);
  const bool is_input = path_or_name == "-";
  if (is_input && isatty(STDIN_FILENO) != 0) {
    throw UsageError(
        "recipe: standard input is a terminal: expected a recipe through a pipe, as in "
        "normlab recipes mnist | normlab run -");
  }
  const bool is_path =
      is_input || path_or_name.ends_with(".toml") || path_or_name.find('/') != std::string::npos;
  if (std::error_code status; !is_path && std::filesystem::is_regular_file(path_or_name, status)) {
    throw UsageError(fmt::format(
        "recipe: expected a file whose name ends in .toml, found {}; recipes are written in TOML: "
        "normlab recipes mnist > mine.toml begins one",
        Printable(path_or_name)));
  }
  if (!is_path) {
    throw UsageError(
        fmt::format("unknown recipe '{}': expected one of {}, or a file whose name ends in .toml{}",
                    Printable(path_or_name), Join(names), NearestWords(path_or_name, names)));
  }
  try {
    const std::string path = is_input ? "/dev/stdin" : path_or_name;
    const std::string bytes = ReadNamedFile(path, kMostRecipeBytes);
    RefuseNoText(bytes, path);
    if (is_input && bytes.find_first_not_of(" \t\r\n") == std::string::npos) {
      throw DataError(
          "standard input is empty: expected a recipe, as in normlab recipes mnist | "
          "normlab run -");
    }
    return PlainUtf8(bytes, path);
  } catch (const Error& error) {
    throw UsageError(fmt::format("recipe: {}", error.what()));
  }
}

std::string FolderOfRecipe(const std::string& path_or_name) {
  return std::filesystem::path(path_or_name).parent_path();
}

Recipe LoadRecipe(const std::string& path_or_name) {
  return ParseRecipe(ReadRecipe(path_or_name), path_or_name == "-" ? "stdin" : path_or_name,
                     FolderOfRecipe(path_or_name));
}

}  // namespace normlab
