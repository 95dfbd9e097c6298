// The resolved configuration as text: for people and a second run, and for the hash.
#include <fmt/format.h>

#include <filesystem>

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "config/plan.h"
#include "data/dataset.h"

namespace normlab {
namespace {

std::string Line(const Key& key, const std::string& value, const std::string& origin) {
  return fmt::format("{:<40}  # {}\n", fmt::format("{} = {}", key.name, value), origin);
}

std::string ArmValue(const Key& key, const Arm& arm) { return key.print(Settings{arm.config, {}}); }

bool SharedByAll(const Key& key, const std::vector<Arm>& arms) {
  const std::string first = ArmValue(key, arms.front());
  return std::ranges::all_of(arms, [&](const Arm& arm) { return ArmValue(key, arm) == first; });
}

std::string BaseText(const StudyPlan& plan) {
  std::string text;
  for (const Key& key : Keys()) {
    if (key.scope != KeyScope::kArm) {
      text +=
          Line(key, key.print(Settings{{}, plan.execution}), plan.execution_origins.at(key.name));
    } else if (SharedByAll(key, plan.arms)) {
      text += Line(key, ArmValue(key, plan.arms.front()), plan.arms.front().origins.at(key.name));
    }
  }
  return text;
}

std::string LimitsText(const Limits& limits) {
  std::string lines;
  if (limits.parameters) lines += fmt::format("parameters = {}\n", *limits.parameters);
  if (limits.epochs) lines += fmt::format("epochs = {}\n", *limits.epochs);
  if (limits.accuracy) lines += fmt::format("accuracy = {}\n", *limits.accuracy);
  return lines.empty() ? "" : "\n[limits]\n" + lines;
}

std::string ChecksumOf(const std::string& init) {
  if (std::filesystem::is_directory(init)) {
    throw DataError(fmt::format(
        "init: expected a safetensors file, found the folder {}; a run's is named whole, such as "
        "{}/last.safetensors",
        init, init));
  }
  try {
    return Sha256(ReadFile(init));
  } catch (const Error& error) {
    throw DataError(fmt::format("init: {}", error.what()));
  }
}

}  // namespace

std::string CanonicalText(const Config& config) {
  std::string text;
  for (const Key& key : Keys()) {
    if (key.scope == KeyScope::kArm) {
      text += fmt::format("{} = {}\n", key.name, key.print(Settings{config, {}}));
    }
  }
  return text;
}

std::vector<Setting> CanonicalSettings(const Config& config) {
  return ParseRecipe(CanonicalText(config), "settings").base;
}

Config ParseCanonicalText(std::string_view text) {
  const Recipe recipe = ParseRecipe(text, "metadata");
  if (recipe.arms.size() != 1 || !recipe.arms.front().empty()) {
    throw UsageError("recipe metadata: expected one configuration, found [[run]]");
  }
  Settings settings;
  for (const Setting& setting : recipe.base) ApplySetting(setting, settings);
  return settings.config;
}

std::string HashText(const Config& config) {
  std::string text;
  for (const Key& key : Keys()) {
    if (key.scope == KeyScope::kArm) text += HashLine(key, Settings{config, {}});
  }
  return text;
}

std::string PlanHash(const StudyPlan& plan) {
  std::string text;
  for (const Key& key : Keys()) {
    if (key.scope == KeyScope::kArm) continue;
    const bool file = key.name == "init" && !plan.execution.init.empty();
    text += file ? fmt::format("init = {}\n", ChecksumOf(plan.execution.init))
                 : HashLine(key, Settings{{}, plan.execution});
  }
  // A user's own set keeps its name when its images change.
  const std::string& images = FindDatasetInfo(plan.arms.front().config.dataset).fingerprint;
  if (!images.empty()) text += fmt::format("images = {}\n", images);
  for (const Arm& arm : plan.arms) text += fmt::format("[[run]]\n{}", HashText(arm.config));
  return Sha256(text);
}

std::string ResolvedRecipe(const StudyPlan& plan) {
  std::string text = fmt::format("recipe = {}\n", QuoteToml(plan.recipe));
  if (!plan.about.empty()) text += fmt::format("about = {}\n", QuoteToml(plan.about));
  text += fmt::format("\n{}{}", BaseText(plan), LimitsText(plan.limits));
  for (const Arm& arm : plan.arms) {
    text += fmt::format("\n[[run]]  # {}\n", arm.folder);
    for (const Key& key : Keys()) {
      if (key.scope == KeyScope::kArm && !SharedByAll(key, plan.arms)) {
        text += Line(key, ArmValue(key, arm), arm.origins.at(key.name));
      }
    }
  }
  return text;
}

}  // namespace normlab
