#include "report/findings/conditions.h"
#include "config/shown_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "config/recorded_recipe.h"
#include "report/findings/finding_words.h"

namespace normlab {
namespace {

struct Property {
  const char* name;    // "differs" follows
  const char* shared;  // what all arms did; empty where equality is no finding
  bool hash;           // told by who shares it, not by its value
  std::string (*value)(const TrainingConditions&);
  std::vector<const char*> keys;  // the settings that can explain a difference
};

const std::vector<Property>& Properties() {
  static const std::vector<Property> properties = {
      {"the hash of the initial convolution weights",
       "began from the same initial convolution weights",
       true,
       [](const TrainingConditions& c) { return c.initial_weights; },
       {"model", "dataset", "init"}},
      {"the hash of the data order",
       "took the training images in the same order in their first 20 epochs",
       true,
       [](const TrainingConditions& c) { return c.data_order; },
       {"validation", "shuffle", "epochs", "dataset"}},
      {"the hash of the first images as the network is given them",
       "were given the same pixels in the first 128 images of that order",
       true,
       [](const TrainingConditions& c) { return c.first_images; },
       {"augment", "validation", "shuffle", "dataset"}},
      {"the number of parameters",
       "",
       false,
       [](const TrainingConditions& c) { return WithCommas(c.parameters); },
       {"model", "norm", "weights", "dataset"}},
      {"the batch size",
       "",
       false,
       [](const TrainingConditions& c) { return fmt::to_string(c.batch_size); },
       {"batch_size"}},
      {"the number of training steps",
       "",
       false,
       [](const TrainingConditions& c) { return fmt::to_string(c.steps); },
       {"epochs", "max_steps", "batch_size", "validation", "dataset"}},
  };
  return properties;
}

using Arms = std::vector<const ArmRecord*>;

std::map<std::uint64_t, Arms> RecordedBySeed(const RunRecord& run) {
  std::map<std::uint64_t, Arms> seeds;
  for (const ArmRecord& arm : run.arms) {
    if (arm.conditions) seeds[arm.seed].push_back(&arm);
  }
  return seeds;
}

// In the order of their first arms. An unknown value (an empty hash) is in no group.
std::vector<Arms> GroupsBy(const Property& property, const Arms& arms) {
  std::vector<Arms> groups;
  std::map<std::string, std::size_t> known;
  for (const ArmRecord* arm : arms) {
    const std::string value = property.value(*arm->conditions);
    if (value.empty()) continue;
    const auto [place, added] = known.emplace(value, groups.size());
    if (added) groups.emplace_back();
    groups[place->second].push_back(arm);
  }
  return groups;
}

// In all arms of every seed, of which one has at least two.
bool Shared(const Property& property, const std::map<std::uint64_t, Arms>& seeds) {
  bool any_pair = false;
  for (const auto& [seed, arms] : seeds) {
    const std::vector<Arms> groups = GroupsBy(property, arms);
    if (groups.size() != 1 || groups.front().size() != arms.size()) return false;
    any_pair |= arms.size() >= 2;
  }
  return any_pair;
}

std::string Setting(const ArmRecord& arm, const char* key) {
  if (std::string_view(key) == "norm") return arm.norm;  // not the text of a user's own
  const auto setting = arm.settings.find(key);
  return setting == arm.settings.end() ? "" : ShownValue(key, setting->second);
}

// "; the settings differ: validation (0, 5000)".
std::string Explanation(const Property& property, const std::vector<Arms>& groups) {
  if (std::ranges::any_of(groups, [](const Arms& arms) { return arms[0]->settings.empty(); })) {
    return "";
  }
  std::vector<std::string> words;
  for (const char* key : property.keys) {
    std::vector<std::string> values;
    for (const Arms& arms : groups) {
      const std::string value = Setting(*arms.front(), key);
      if (std::ranges::find(values, value) == values.end()) values.push_back(value);
    }
    if (values.size() > 1) words.push_back(fmt::format("{} ({})", key, Join(values)));
  }
  return words.empty() ? "; no recorded setting explains it"
                       : fmt::format("; the settings differ: {}", Join(words));
}

std::string Labels(const Arms& arms) {
  std::vector<std::string> labels;
  for (const ArmRecord* arm : arms) labels.push_back(arm->label);
  return Join(labels);
}

std::string GroupWords(const Property& property, const std::vector<Arms>& groups) {
  std::vector<std::string> words;
  for (const Arms& arms : groups) {
    words.push_back(property.hash ? Labels(arms)
                                  : fmt::format("{} in {}", property.value(*arms[0]->conditions),
                                                Labels(arms)));
  }
  return property.hash ? "one is shared by " + Join(words, "; another by ") : Join(words, "; ");
}

// Seeds that differ in the same way are one warning.
void WarnOfDifferences(const std::map<std::uint64_t, Arms>& seeds,
                       std::vector<std::string>& warnings) {
  for (const Property& property : Properties()) {
    std::vector<std::pair<std::string, std::vector<std::uint64_t>>> told;
    for (const auto& [seed, arms] : seeds) {
      const std::vector<Arms> groups = GroupsBy(property, arms);
      if (groups.size() < 2) continue;
      const std::string words = GroupWords(property, groups) + Explanation(property, groups);
      auto place = std::ranges::find(told, words, &decltype(told)::value_type::first);
      if (place == told.end()) place = told.insert(place, {words, {}});
      place->second.push_back(seed);
    }
    for (const auto& [words, of] : told) {
      warnings.push_back(fmt::format("Of {} {} differs: {}.", SeedList(of), property.name, words));
    }
  }
}

// Trainings of several seeds that share their chance are fewer trials than they seem.
void WarnOfSharedSeeds(const std::map<std::uint64_t, Arms>& seeds,
                       std::vector<std::string>& warnings) {
  for (const Property& property : Properties()) {
    if (!property.hash) continue;
    std::map<std::string, std::set<std::uint64_t>> of;
    for (const auto& [seed, arms] : seeds) {
      for (const ArmRecord* arm : arms) of[property.value(*arm->conditions)].insert(seed);
    }
    std::set<std::vector<std::uint64_t>> told;
    for (const auto& [value, sharing] : of) {
      const std::vector<std::uint64_t> list(sharing.begin(), sharing.end());
      if (value.empty() || list.size() < 2 || !told.insert(list).second) continue;
      warnings.push_back(fmt::format("{} have {} in common, so they are not independent trials.",
                                     "S" + SeedList(list).substr(1), property.name));
    }
  }
}

void WarnOfUnproved(const RunRecord& run, std::vector<std::string>& warnings) {
  Arms without;
  for (const ArmRecord& arm : run.arms) {
    if (!arm.conditions) without.push_back(&arm);
  }
  if (without.empty()) return;
  std::vector<std::string> words;
  for (const ArmRecord* arm : without)
    words.push_back(fmt::format("{}, seed {}", arm->label, arm->seed));
  warnings.push_back(without.size() == run.arms.size()
                         ? "No conditions are recorded in this folder, so that the arms of a seed "
                           "share weights, order and images is not proved here."
                         : fmt::format("No conditions are recorded of {}: nothing is proved of {}.",
                                       Join(words, "; "), without.size() == 1 ? "it" : "them"));
}

void WarnOfUnfinished(const RunRecord& run, std::vector<std::string>& warnings) {
  for (const ArmRecord& arm : run.arms) {
    if (arm.state == "finished") continue;
    const std::string epochs =
        fmt::format("{} whole epoch{}", arm.metrics.size(), arm.metrics.size() == 1 ? "" : "s");
    std::string warning = fmt::format(
        "{}, seed {}, {}", arm.label, arm.seed,
        arm.state == "diverged" ? fmt::format("diverged after {}", epochs)
                                : fmt::format("is not finished ({}, {})", arm.state, epochs));
    if (!arm.message.empty()) warning += fmt::format(": {}", arm.message);
    warnings.push_back(warning + (warning.ends_with('.') ? "" : "."));
  }
}

}  // namespace

std::string SharedConditions(const RunRecord& run) {
  const std::map<std::uint64_t, Arms> seeds = RecordedBySeed(run);
  std::vector<std::string> shared;
  for (const Property& property : Properties()) {
    if (property.hash && Shared(property, seeds)) shared.push_back(property.shared);
  }
  if (shared.empty()) return "";
  std::vector<std::uint64_t> list;
  std::size_t recorded = 0;
  for (const auto& [seed, arms] : seeds) {
    list.push_back(seed);
    recorded += arms.size();
  }
  const std::string which =
      recorded == run.arms.size()
          ? fmt::format("all arms ({} in {})", recorded, SeedList(list))
          : fmt::format("all arms whose conditions are recorded ({} of {}, in {})", recorded,
                        run.arms.size(), SeedList(list));
  return fmt::format("For every seed {} {}: the SHA-256 hashes are equal.", which, Listed(shared));
}

std::vector<std::string> ConditionWarnings(const RunRecord& run) {
  std::vector<std::string> warnings;
  const std::map<std::uint64_t, Arms> seeds = RecordedBySeed(run);
  WarnOfUnproved(run, warnings);
  WarnOfDifferences(seeds, warnings);
  WarnOfSharedSeeds(seeds, warnings);
  const std::string init = RecordedValue(run.recipe_text, "init");
  if (!init.empty()) {
    warnings.push_back(
        fmt::format("The initial weights of all arms are from {} (init), for every seed.", init));
  }
  WarnOfUnfinished(run, warnings);
  return warnings;
}

}  // namespace normlab
