#include "config/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "config/arm_names.h"
#include "config/check.h"
#include "config/norm_setting.h"
#include "engine/opencl/device_choice.h"
#include "model/architecture.h"
#include "norm/norm.h"
#include "operations/fast/simd.h"
#include "train/schedule.h"

extern char** environ;

namespace normlab {
namespace {

using Layers = std::vector<const std::vector<Setting>*>;  // weakest first

constexpr std::uint64_t kLargestSeed = std::uint64_t{1} << 53;

void ApplyModelPreset(const Layers& layers, Settings& settings,
                      std::map<std::string, std::string>& origins) {
  for (const auto* layer : layers) {
    for (const Setting& setting : *layer) {
      if (setting.key == "model") ApplySetting(setting, settings);
    }
  }
  const ModelPreset* preset = FindModelPreset(settings.config.model);
  if (preset == nullptr) return;
  settings.config.groups = preset->groups;
  settings.config.order = preset->order;
  origins["groups"] = origins["order"] = fmt::format("model {}", preset->name);
}

Settings Resolve(const Layers& layers, std::map<std::string, std::string>& origins) {
  Settings settings;
  for (const Key& key : Keys()) origins[key.name] = "default";
  ApplyModelPreset(layers, settings, origins);
  for (const auto* layer : layers) {
    for (const Setting& setting : *layer) {
      ApplySetting(setting, settings);
      origins[KeyName(setting.key)] = setting.origin;
    }
  }
  return settings;
}

std::string NormOf(const std::vector<Setting>& base, const std::vector<Setting>& arm) {
  std::string norm = Config().norm;
  for (const auto* layer : {&base, &arm}) {
    for (const Setting& setting : *layer) {
      if (setting.key == "norm") norm = setting.value;
    }
  }
  return norm;
}

}  // namespace

// --norms selects arms, in its own order, and adds a missing one from the base.
std::vector<std::vector<Setting>> SelectArms(const Recipe& recipe,
                                             const std::vector<std::string>& norms) {
  if (norms.empty()) return recipe.arms;
  std::vector<std::vector<Setting>> selected;
  for (const std::string& norm : norms) {
    Settings one;
    ApplySetting({"norm", norm, "flag --norms"}, one);  // refuses what is none
    const std::size_t before = selected.size();
    for (const auto& arm : recipe.arms) {
      if (NormOf(recipe.base, arm) == norm) selected.push_back(arm);
    }
    if (selected.size() == before) selected.push_back({{"norm", norm, "flag --norms"}});
  }
  return selected;
}

namespace {

void AddSeeds(const Arm& arm, int seeds, std::vector<Arm>& arms) {
  for (int i = 0; i < seeds; ++i) {
    Arm seeded = arm;
    seeded.config.seed += static_cast<std::uint64_t>(i);
    if (seeded.config.seed > kLargestSeed) {
      throw UsageError(fmt::format("--seeds {}: seed {} is past the largest, {}", seeds,
                                   seeded.config.seed, kLargestSeed));
    }
    if (i > 0) seeded.origins["seed"] = "flag --seeds";
    const std::string text = CanonicalText(seeded.config);
    const auto equal = [&](const Arm& other) { return CanonicalText(other.config) == text; };
    if (std::ranges::none_of(arms, equal)) arms.push_back(std::move(seeded));
  }
}

void CheckOneDataset(const std::vector<Arm>& arms) {
  for (const Arm& arm : arms) {
    if (arm.config.dataset == arms.front().config.dataset &&
        (arm.config.validation > 0) == (arms.front().config.validation > 0)) {
      continue;
    }
    throw UsageError(fmt::format(
        "the arms of one run share a data set, and hold out images all or none of them: "
        "found {} with validation {} beside {} with validation {}",
        arm.config.dataset, arm.config.validation, arms.front().config.dataset,
        arms.front().config.validation));
  }
}

// A line names the last place that said something of the choice.
void CheckChoicesOf(Arm& arm) {
  Settings settings{arm.config, {}};
  for (const Key& key : Keys()) {
    if (key.family == nullptr) continue;
    try {
      CheckChoice(*key.family, key.choice(settings));
      if (key.name == "schedule") CheckSchedule(arm.config.schedule);
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}: {}", arm.origins.at(key.name), error.what()));
    }
  }
}

// Its statistics are those of the weights that are trained.
void CheckComparison(const ExecutionOptions& execution, const Arm& arm) {
  if (!execution.compare_statistics || arm.config.average.name == "none") return;
  throw UsageError(fmt::format(
      "{}: average = {}: compare_statistics = true compares the running statistics of the weights "
      "that are trained, and their average is evaluated; leave one of the two out",
      arm.origins.at("average"), arm.config.average.name));
}

void CheckExecution(ExecutionOptions& execution) {
  ParseSimd(execution.simd);
  if (!ParseDevice(execution.device).is_cpu && execution.engine != "fast") {
    throw UsageError(fmt::format("device {}: runs in place of the engine fast, and engine = {}",
                                 execution.device, execution.engine));
  }
  if (!execution.init.empty()) {
    execution.init = std::filesystem::absolute(execution.init).lexically_normal();
  }
}

}  // namespace

std::vector<Setting> EnvironmentSettings(std::vector<std::string>* unknown) {
  const std::string prefix = "NORMLAB_";
  std::vector<std::string> names;
  for (const Key& key : Keys()) names.push_back(key.name);
  std::vector<Setting> settings;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (!text.starts_with(prefix) || equals == std::string::npos) continue;
    const std::string variable = text.substr(0, equals);
    std::string key = variable.substr(prefix.size());
    if (key == "DATA") continue;  // a folder: the data's own search order
    std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
    if (std::ranges::find(names, key) != names.end()) {
      settings.push_back({key, text.substr(equals + 1), "environment " + variable});
      ReadNormFile("", settings.back());
    } else if (unknown != nullptr) {
      unknown->push_back(fmt::format("{} names no key and is ignored{}", variable, KeyAdvice(key)));
    }
  }
  std::ranges::sort(settings, {}, &Setting::key);
  return settings;
}

StudyPlan ResolvePlan(const Recipe& recipe, const Overrides& overrides) {
  StudyPlan plan;
  plan.recipe = recipe.name;
  plan.about = recipe.about;
  plan.limits = recipe.limits;
  plan.execution = Resolve({&recipe.base, &overrides.settings}, plan.execution_origins).execution;
  CheckExecution(plan.execution);
  for (const auto& settings : SelectArms(recipe, overrides.norms)) {
    Arm arm;
    arm.config = Resolve({&recipe.base, &settings, &overrides.settings}, arm.origins).config;
    CheckChoicesOf(arm);
    CheckAndWriteOut(arm.config);
    CheckComparison(plan.execution, arm);
    AddSeeds(arm, overrides.seeds, plan.arms);
  }
  CheckOneDataset(plan.arms);
  NameArms(plan.arms);
  return plan;
}

}  // namespace normlab
