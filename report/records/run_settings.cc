#include "report/records/run_settings.h"

#include "report/records/recipe_text.h"

#include <optional>
#include <string_view>
#include <utility>

namespace normlab {
namespace {

using SettingMap = std::map<std::string, std::string>;

// Names and what no result depends on.
bool IsSetting(std::string_view key) {
  for (const std::string_view other : {"recipe", "about", "simd", "threads", "jobs", "log_steps",
                                       "layer_statistics", "compare_statistics", "limits"}) {
    if (key == other) return false;
  }
  return true;
}

}  // namespace

std::vector<std::map<std::string, std::string>> ArmSettings(const RunRecord& run) {
  const RecipeText recipe = ReadRecipeText(run.recipe_text);
  std::vector<SettingMap> settings;
  for (std::size_t i = 0; i < run.arms.size(); ++i) {
    SettingMap arm;
    for (const auto& [key, value] : run.arms[i].settings) arm[key] = Unquoted(value);
    if (recipe.arms.size() == run.arms.size())
      arm.insert(recipe.arms[i].begin(), recipe.arms[i].end());
    arm.insert(recipe.base.begin(), recipe.base.end());
    std::erase_if(arm, [](const auto& entry) { return !IsSetting(entry.first); });
    if (!arm.empty()) {
      arm["norm"] = run.arms[i].norm;
      arm["seed"] = std::to_string(run.arms[i].seed);
      arm.emplace("bn_statistics", "shared");  // all there was before the key came
    }
    settings.push_back(std::move(arm));
  }
  return settings;
}

}  // namespace normlab
