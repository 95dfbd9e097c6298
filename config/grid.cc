#include "config/grid.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace normlab {
namespace {

bool Sets(const SettingsTable& table, const std::string& key) {
  const auto is_key = [&](const auto& entry) { return KeyName(entry.key) == KeyName(key); };
  return std::ranges::any_of(table.single, is_key) || std::ranges::any_of(table.axes, is_key);
}

bool HasOneOf(const Axis& rule, const Settings& settings) {
  const Key& key = FindKey(rule.key, rule.values.front().origin);
  return std::ranges::any_of(rule.values, [&](const Setting& value) {
    Settings other = settings;
    ApplySetting(value, other);
    return key.print(other) == key.print(settings);
  });
}

}  // namespace

std::vector<std::vector<Setting>> MultiplyOut(const std::vector<Axis>& base,
                                              const SettingsTable& arm, const std::string& recipe) {
  std::vector<Axis> axes;
  for (const Axis& axis : base) {
    if (!Sets(arm, axis.key)) axes.push_back(axis);
  }
  axes.insert(axes.end(), arm.axes.begin(), arm.axes.end());
  std::vector<std::vector<Setting>> arms = {arm.single};
  for (const Axis& axis : axes) {
    if (arms.size() * axis.values.size() > kLargestGrid) {
      throw UsageError(fmt::format("recipe {}: its lists multiply to more than {} runs, at {}",
                                   recipe, kLargestGrid, axis.values.front().origin));
    }
    std::vector<std::vector<Setting>> longer;
    for (const std::vector<Setting>& settings : arms) {
      for (const Setting& value : axis.values) {
        longer.push_back(settings);
        longer.back().push_back(value);
      }
    }
    arms = std::move(longer);
  }
  return arms;
}

bool IsExcluded(const std::vector<ExcludeRule>& rules, const std::vector<Setting>& base,
                const std::vector<Setting>& arm) {
  Settings settings;
  for (const auto* layer : {&base, &arm}) {
    for (const Setting& setting : *layer) ApplySetting(setting, settings);
  }
  return std::ranges::any_of(rules, [&](const ExcludeRule& rule) {
    return std::ranges::all_of(rule.keys, [&](const Axis& key) { return HasOneOf(key, settings); });
  });
}

}  // namespace normlab
