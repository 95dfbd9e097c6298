#include "config/recorded_recipe.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/error.h"
#include "config/recipe.h"

namespace normlab {
namespace {

using Values = std::map<std::string, std::string>;

std::string Word(const toml::node& node) {
  if (const auto* word = node.as_string()) return word->get();
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
  if (const auto* real = node.as_floating_point()) return fmt::format("{}", real->get());
  return "";
}

Values ReadTable(const toml::table& table) {
  Values values;
  for (const auto& [name, node] : table) {
    const std::string key(name.str());
    if (const toml::table* arguments = node.as_table()) {
      if (!arguments->is_inline()) continue;
      for (const auto& [argument, value] : *arguments) {
        const std::string of(argument.str());
        values[of == "name" ? key : key + "." + of] = Word(value);
      }
    } else if (!node.is_array()) {
      values[key] = Word(node);
    }
  }
  return values;
}

}  // namespace

RecordedRecipe ReadRecordedRecipe(std::string_view text) {
  RecordedRecipe recipe;
  try {
    CheckRecipeLines(text, "recipe.toml");
    const toml::table table = toml::parse(text);
    recipe.base = ReadTable(table);
    const toml::array* arms = table["run"].as_array();
    for (std::size_t i = 0; arms != nullptr && i < arms->size(); ++i) {
      if (const toml::table* arm = (*arms)[i].as_table()) recipe.arms.push_back(ReadTable(*arm));
    }
  } catch (const toml::parse_error&) {
    return {};
  } catch (const UsageError&) {
    return {};
  }
  return recipe;
}

std::string RecordedValue(std::string_view recipe_text, const std::string& key) {
  const RecordedRecipe recipe = ReadRecordedRecipe(recipe_text);
  const auto found = recipe.base.find(key);
  return found == recipe.base.end() ? "" : found->second;
}

}  // namespace normlab
