#include "study/configuration_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/printable.h"
#include "base/text.h"
#include "config/keys.h"
#include "config/recipe.h"
#include "config/recorded_recipe.h"
#include "config/shown_value.h"

namespace normlab {
namespace {

// Of a key, a value for each arm.
using Values = std::map<std::string, std::vector<std::string>>;

bool IsHashed(const std::string& name) {
  if (IsHeading(name)) return false;
  const auto key = std::ranges::find(Keys(), KeyName(name), &Key::name);
  return key == Keys().end() || key->scope != KeyScope::kExecution;
}

Values ValuesOf(std::string_view text) {
  RecordedRecipe recipe = ReadRecordedRecipe(text);
  if (recipe.arms.empty()) recipe.arms.emplace_back();
  Values values;
  for (auto& arm : recipe.arms) {
    arm.insert(recipe.base.begin(), recipe.base.end());
    for (const auto& [key, value] : arm) {
      if (IsHashed(key)) values[key].push_back(ShownValue(key, value));
    }
  }
  return values;
}

// Each value once, in the order of the arms.
std::string Words(const std::vector<std::string>& values) {
  std::vector<std::string> once;
  for (const std::string& value : values) {
    const std::string word = value.empty() ? "\"\"" : Printable(value, 40);
    if (std::ranges::find(once, word) == once.end()) once.push_back(word);
  }
  return once.empty() ? "nothing" : Join(once);
}

}  // namespace

std::string ConfigurationDifference(std::string_view there, std::string_view here) {
  constexpr std::size_t kMostKeys = 4;
  Values old = ValuesOf(there), now = ValuesOf(here);
  for (const auto& [key, value] : now) old.try_emplace(key);
  std::vector<std::string> differences;
  bool same_words = false;
  for (const auto& [key, values] : old) {
    if (values == now[key]) continue;
    const std::string a = Words(values), b = Words(now[key]);
    same_words |= a == b;
    if (a != b) differences.push_back(fmt::format("{} = {} there, {} here", key, a, b));
  }
  if (differences.empty()) {
    return same_words ? "the trainings are others, or in another order"
                      : "the keys are the same: its images, or the file of its initial weights, "
                        "have changed since";
  }
  const std::size_t more = differences.size() - std::min(differences.size(), kMostKeys);
  differences.resize(differences.size() - more);
  return Join(differences, "; ") + (more > 0 ? fmt::format("; and {} more keys", more) : "");
}

}  // namespace normlab
