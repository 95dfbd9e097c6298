#include "study/idle_keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/check.h"
#include "model/layer_role.h"
#include "norm/equation/statistics.h"
#include "norm/norm.h"
#include "train/optimizer.h"
#include "train/parameter_groups.h"
#include "train/schedule.h"

namespace normlab {
namespace {

// `why` says of a configuration why the key changes nothing in it; empty: it does something.
struct Rule {
  const char* key;
  std::string (*why)(const Config&);
};

std::string WithoutPenalty(double strength, const char* key) {
  return strength > 0 ? "" : fmt::format("while {} = 0", key);
}

std::string WhyNoMomentum(const Config& config) {
  if (TakesMomentum(MakeOptimizerOptions(config))) return "";
  return fmt::format("under optimizer = {}, whose own is an argument of it", config.optimizer.name);
}

std::string WhyNoRunningValues(const Config& config) {
  if (!MakeArchitecture(config).plan->sites.empty()) return "";
  return fmt::format("under norm = {}, which keeps no running values", NormLabel(config.norm));
}

std::string WhyNoStartFactor(const Config& config) {
  const auto& numbers = config.schedule.numbers;
  const auto warm_up = numbers.find("warmup");
  const bool rises = warm_up != numbers.end() && warm_up->second > 0;
  return numbers.contains("start_factor") && !rises
             ? "by its start_factor, which is the rate's before a warm-up: set schedule.warmup"
             : "";
}

// Roles that are given another factor than 1 and that the network has none of.
std::string WhyNoRole(const Config& config, const Choice& multipliers) {
  const Architecture architecture = MakeArchitecture(config);
  const auto roles = LayerRoles(architecture.plan->parameters);
  for (const auto& [role, factor] : multipliers.numbers) {
    if (factor == 1 || std::ranges::find(roles, role) != roles.end()) continue;
    return fmt::format("by its {}: the network learns no such value", role);
  }
  return "";
}

const Rule kRules[] = {
    {"momentum", WhyNoMomentum},
    {"l1_on", [](const Config& config) { return WithoutPenalty(config.l1, "l1"); }},
    {"l2_on", [](const Config& config) { return WithoutPenalty(config.l2, "l2"); }},
    {"decay", [](const Config& config) { return WithoutPenalty(config.l2, "l2"); }},
    {"decay_multiplier",
     [](const Config& config) {
       const std::string why = WithoutPenalty(config.l2, "l2");
       return why.empty() ? WhyNoRole(config, config.decay_multiplier) : why;
     }},
    {"lr_multiplier", [](const Config& config) { return WhyNoRole(config, config.lr_multiplier); }},
    {"schedule", WhyNoStartFactor},
    {"norm_momentum", WhyNoRunningValues},
    {"bn_statistics", WhyNoRunningValues},
    {"groups",
     [](const Config& config) {
       const bool named = NamesGroups(FindNormMethod(config.norm).equation->equation);
       return named ? ""
                    : fmt::format("under norm = {}, which has no groups", NormLabel(config.norm));
     }},
    {"norm_eps",
     [](const Config& config) {
       return std::string(config.norm == "none" ? "under norm = none" : "");
     }},
};

// Of the first arm; empty where the key does something in one of them, or nobody set it.
std::string WhyIdle(const Rule& rule, const Key& key, const StudyPlan& plan) {
  std::string first;
  for (const Arm& arm : plan.arms) {
    const bool usual = key.print(Settings{arm.config, {}}) == key.print(Settings());
    const std::string& origin = arm.origins.at(key.name);
    if (usual || origin == "default" || origin.starts_with("model ")) return "";
    const std::string why = rule.why(arm.config);
    if (why.empty()) return "";
    if (first.empty()) first = why;
  }
  return first;
}

}  // namespace

std::vector<std::string> IdleKeys(const StudyPlan& plan) {
  std::vector<std::string> lines;
  for (const Rule& rule : kRules) {
    const Key& key = FindKey(rule.key, "");
    const std::string why = WhyIdle(rule, key, plan);
    if (why.empty()) continue;
    lines.push_back(fmt::format("{} = {} changes nothing {}; leave it out", key.name,
                                key.print(Settings{plan.arms.front().config, {}}), why));
  }
  const bool initialized = std::ranges::any_of(
      plan.arms, [](const Arm& arm) { return !arm.config.initialization.words.empty(); });
  if (initialized && !plan.execution.init.empty()) {
    lines.push_back(
        "initialization changes nothing: the initial weights are those of the file init; leave one "
        "of the two out");
  }
  return lines;
}

}  // namespace normlab
