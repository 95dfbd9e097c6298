#include "report/sources/run_settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/keys.h"
#include "config/recipe.h"
#include "config/recorded_recipe.h"
#include "norm/norm.h"

namespace normlab {
namespace {

using SettingMap = std::map<std::string, std::string>;

// Without a TOML basic string's quotes and the escapes of quote and backslash: settings of early
// folders have them. A method's text of several lines may begin and end with quotes of its own.
std::string Unquoted(std::string_view value) {
  if (value.find('\n') != std::string_view::npos) return std::string(value);
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string(value);
  std::string text;
  for (std::size_t i = 1; i + 1 < value.size(); ++i) {
    const bool escape = value[i] == '\\' && (value[i + 1] == '"' || value[i + 1] == '\\');
    if (escape && i + 2 < value.size()) ++i;
    text += value[i];
  }
  return text;
}

// Not a heading, and nothing that no result depends on.
bool IsSetting(const std::string& name) {
  if (IsHeading(name)) return false;
  const auto key = std::ranges::find(Keys(), KeyName(name), &Key::name);
  return key == Keys().end() || key->scope == KeyScope::kArm || key->scope == KeyScope::kRun;
}

}  // namespace

std::vector<std::map<std::string, std::string>> ArmSettings(const RunRecord& run) {
  const RecordedRecipe recipe = ReadRecordedRecipe(run.recipe_text);
  std::vector<SettingMap> settings;
  for (std::size_t i = 0; i < run.arms.size(); ++i) {
    SettingMap arm;
    for (const auto& [key, value] : run.arms[i].settings) arm[key] = Unquoted(value);
    if (recipe.arms.size() == run.arms.size())
      arm.insert(recipe.arms[i].begin(), recipe.arms[i].end());
    arm.insert(recipe.base.begin(), recipe.base.end());
    std::erase_if(arm, [](const auto& entry) { return !IsSetting(entry.first); });
    if (!arm.empty()) {
      if (!IsOwnNorm(arm["norm"])) arm["norm"] = run.arms[i].norm;
      arm["seed"] = std::to_string(run.arms[i].seed);
      // All there was before the keys came.
      arm.emplace("bn_statistics", "shared");
      for (const auto& [key, value] : LaterKeys()) arm.emplace(key, value);
    }
    settings.push_back(std::move(arm));
  }
  return settings;
}

}  // namespace normlab
