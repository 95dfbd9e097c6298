#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "base/escape.h"
#include "base/text.h"
#include "base/text_table.h"
#include "config/keys.h"
#include "config/shown_value.h"
#include "report/findings/findings.h"
#include "report/readme/sections.h"
#include "report/sources/combined_run.h"

namespace normlab {
namespace {

// In this order; every other key that the trainings share follows.
constexpr const char* kFirstKeys[] = {
    "model",      "order",     "groups", "norm_eps", "norm_momentum", "epochs",     "max_steps",
    "batch_size", "optimizer", "lr",     "momentum", "nesterov",      "schedule",   "l1",
    "l1_on",      "l2",        "l2_on",  "dropout",  "augment",       "validation", "init"};
// Said elsewhere: in the title and in the column of every table.
constexpr const char* kKeysOfOtherSections[] = {"dataset", "norm", "seed"};

std::vector<std::string> ShownKeys(const ReadmeContext& context) {
  std::vector<std::string> keys(std::begin(kFirstKeys), std::end(kFirstKeys));
  std::set<std::string> known(keys.begin(), keys.end());
  known.insert(std::begin(kKeysOfOtherSections), std::end(kKeysOfOtherSections));
  for (const auto& settings : context.settings) {
    for (const auto& [key, value] : settings) {
      if (known.insert(key).second) keys.push_back(key);
    }
  }
  return keys;
}

bool Known(const ReadmeContext& context, const std::string& key) {
  for (std::size_t i = 0; i < context.settings.size(); ++i) {
    if (!SettingOf(context, i, key).empty()) return true;
  }
  return false;
}

// A key that came later is said where it is anything but its default: no run was made in another
// way before. The activation always is.
bool IsShown(const std::string& key, const std::string& value) {
  if (value.empty() || key == "activation") return !value.empty();
  const auto later = LaterKeys().find(key);
  return later == LaterKeys().end() || later->second != value;
}

std::string Differing(const ReadmeContext& context) {
  std::set<std::string> keys;
  for (const auto& settings : context.settings) {
    for (const auto& [key, value] : settings) keys.insert(key);
  }
  std::vector<std::string> differing;
  for (const std::string& key : keys) {
    if (SharedSetting(context, key).empty() && Known(context, key)) {
      differing.push_back(MarkdownText(Shortened(key, 60)));
    }
  }
  return Join(differing);
}

std::string Recipes(const ReadmeContext& context) {
  std::vector<std::string> links;
  const std::vector<std::string> names = RunNames(context.sources);
  for (std::size_t i = 0; i < context.sources.size(); ++i) {
    if (context.sources[i].recipe_text.empty()) continue;
    const std::string path =
        RelativePath(context.sources[i].path + "/recipe.toml", context.run.path);
    links.push_back(fmt::format("[{}]({})", MarkdownText(names[i]), LinkTarget(path)));
  }
  return links.empty() ? "" : "Every key, as it was resolved: " + Join(links) + ".";
}

}  // namespace

std::string TrainingSection(const ReadmeContext& context) {
  Cells cells = {{"key", "all trainings"}};
  for (const std::string& key : ShownKeys(context)) {
    const std::string value = ShownValue(key, SharedSetting(context, key));
    if (IsShown(key, value)) cells.push_back({Shortened(key, 60), Shortened(value, 300)});
  }
  std::string text;
  if (cells.size() > 1) text += MarkdownTable(cells, "ll") + "\n";
  const std::string differing = Differing(context);
  if (!differing.empty()) text += "What differs between the trainings: " + differing + ". ";
  const std::string recipes = Recipes(context);
  if (!recipes.empty()) text += recipes;
  if (!text.empty()) text += "\n";
  const std::string conditions = ConditionsMarkdown(context.run);
  return conditions.empty() ? text : text + "\n" + conditions;
}

}  // namespace normlab
