#include "report/comparison/run_differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "config/shown_value.h"
#include "report/sources/run_settings.h"

namespace normlab {
namespace {

// Of every key the values of the arms, each once, in the arms' order.
using Values = std::map<std::string, std::vector<std::string>>;

Values AllValues(const RunRecord& run) {
  Values all;
  for (const auto& arm : ArmSettings(run)) {
    for (const auto& [key, setting] : arm) {
      std::vector<std::string>& values = all[key];
      const std::string value = ShownValue(key, setting);
      if (std::ranges::find(values, value) == values.end()) values.push_back(value);
    }
  }
  return all;
}

bool SameSet(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::set(a.begin(), a.end()) == std::set(b.begin(), b.end());
}

std::string CutHash(const std::string& hash) { return hash.substr(0, 12); }

struct Condition {
  const char* name;
  std::string (*text)(const TrainingConditions&);
};

const std::vector<Condition>& AllConditions() {
  static const std::vector<Condition> conditions = {
      {"parameters", [](const TrainingConditions& c) { return WithCommas(c.parameters); }},
      {"batch size", [](const TrainingConditions& c) { return fmt::to_string(c.batch_size); }},
      {"steps", [](const TrainingConditions& c) { return fmt::to_string(c.steps); }},
      {"initial weights", [](const TrainingConditions& c) { return c.initial_weights; }},
      {"data order", [](const TrainingConditions& c) { return c.data_order; }},
      {"first images as augmented", [](const TrainingConditions& c) { return c.first_images; }},
  };
  return conditions;
}

}  // namespace

SettingDifferences CompareSettings(const RunRecord& first, const RunRecord& second) {
  const Values a = AllValues(first), b = AllValues(second);
  if (a.empty() || b.empty()) return {};
  std::set<std::string> keys;
  for (const Values* values : {&a, &b}) {
    for (const auto& [key, list] : *values) keys.insert(key);
  }
  SettingDifferences differences{true, {}};
  const auto of = [](const Values& values, const std::string& key) {
    const auto found = values.find(key);
    return found == values.end() ? std::vector<std::string>() : found->second;
  };
  for (const std::string& key : keys) {
    const std::vector<std::string> x = of(a, key), y = of(b, key);
    if (!SameSet(x, y)) differences.keys.push_back({key, Join(x), Join(y)});
  }
  return differences;
}

ConditionDifferences CompareConditions(const std::vector<ArmPair>& pairs) {
  ConditionDifferences differences;
  differences.pairs = static_cast<int>(pairs.size());
  for (const Condition& condition : AllConditions()) {
    differences.all.push_back({.name = condition.name, .first = "", .second = ""});
  }
  for (const auto& [first, second] : pairs) {
    if (!first->conditions || !second->conditions) continue;
    ++differences.recorded;
    for (std::size_t i = 0; i < differences.all.size(); ++i) {
      const std::string a = AllConditions()[i].text(*first->conditions),
                        b = AllConditions()[i].text(*second->conditions);
      if (a == b) continue;
      ConditionDifference& each = differences.all[i];
      if (each.different++ == 0) each.first = CutHash(a), each.second = CutHash(b);
    }
  }
  return differences;
}

}  // namespace normlab
