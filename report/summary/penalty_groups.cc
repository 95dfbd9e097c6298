#include "report/summary/penalty_groups.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <sstream>

namespace normlab {
namespace {

using SettingMap = std::map<std::string, std::string>;

// From 0; nothing where it is no such number.
std::optional<double> Strength(const SettingMap& settings, const std::string& key) {
  const auto setting = settings.find(key);
  if (setting == settings.end()) return std::nullopt;
  std::istringstream text(setting->second);
  text.imbue(std::locale::classic());
  double value = -1;
  if (!(text >> value) || !text.eof() || !std::isfinite(value) || value < 0) return std::nullopt;
  return value;
}

const SettingMap& SettingsOf(const FinishedModel& model) {
  return model.by_seed.begin()->second->settings;
}

SettingMap WithoutPenalties(SettingMap settings) {
  for (const char* key : {"l1", "l2", "l1_on", "l2_on", "seed"}) settings.erase(key);
  return settings;
}

std::string Scope(const SettingMap& settings, const char* key, double strength) {
  const auto setting = settings.find(key);
  return strength > 0 && setting != settings.end() ? setting->second : "";
}

bool OneScope(const PenaltyGroup& group) {
  std::set<std::string> scopes1, scopes2;
  for (const PenalizedModel& cell : group.penalized) {
    const SettingMap& settings = SettingsOf(*cell.model);
    if (cell.l1 > 0) scopes1.insert(Scope(settings, "l1_on", cell.l1));
    if (cell.l2 > 0) scopes2.insert(Scope(settings, "l2_on", cell.l2));
  }
  return scopes1.size() <= 1 && scopes2.size() <= 1;
}

}  // namespace

std::vector<PenaltyGroup> PenaltyGroups(const std::vector<FinishedModel>& models) {
  std::vector<PenaltyGroup> groups;
  std::map<SettingMap, std::size_t> known;
  for (const FinishedModel& model : models) {
    const SettingMap& settings = SettingsOf(model);
    const std::optional<double> l1 = Strength(settings, "l1"), l2 = Strength(settings, "l2");
    if (!l1 || !l2) continue;
    const auto [place, added] = known.emplace(WithoutPenalties(settings), groups.size());
    if (added) groups.emplace_back();
    PenaltyGroup& group = groups[place->second];
    if (*l1 > 0 || *l2 > 0) {
      group.penalized.push_back({*l1, *l2, &model});
    } else if (group.plain == nullptr) {
      group.plain = &model;
    }
  }
  std::erase_if(groups, [](const PenaltyGroup& group) {
    return group.plain == nullptr || group.penalized.empty();
  });
  return groups;
}

PenaltyGrid GridOf(const PenaltyGroup& group) {
  std::set<double> l1 = {0}, l2 = {0};
  std::map<std::pair<double, double>, const FinishedModel*> cells = {{{0, 0}, group.plain}};
  for (const PenalizedModel& cell : group.penalized) {
    l1.insert(cell.l1);
    l2.insert(cell.l2);
    cells.emplace(std::pair(cell.l1, cell.l2), cell.model);
  }
  if (l1.size() < 2 || l2.size() < 2 || cells.size() != l1.size() * l2.size() || !OneScope(group)) {
    return {};
  }
  PenaltyGrid grid{{l1.begin(), l1.end()}, {l2.begin(), l2.end()}, {}};
  for (const auto& [strengths, model] : cells) grid.models.push_back(model);
  return grid;
}

}  // namespace normlab
