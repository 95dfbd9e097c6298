#include "config/tuning_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace normlab {
namespace {

const Tuning& TuningOf(const Recipe& recipe) {
  if (recipe.tuning) return *recipe.tuning;
  throw UsageError(fmt::format(
      "recipe {}: expected [tune] with trials and [tune.keys] with what is drawn, found none; "
      "docs/tuning.md shows one",
      recipe.name));
}

// A key that is drawn is said by nobody else: which one would hold?
void CheckSaidOnce(const Tuning& tuning, const std::vector<Setting>& settings) {
  for (const TunedKey& key : tuning.keys) {
    for (const Setting& setting : settings) {
      if (setting.key != key.key) continue;
      throw UsageError(fmt::format("{}: {}: {} is drawn by [tune] ({}); take one of the two away",
                                   setting.origin, key.key, key.key, key.origin));
    }
  }
}

void CheckHeldOut(const StudyPlan& plan) {
  for (const Arm& arm : plan.arms) {
    if (arm.config.validation > 0) continue;
    throw UsageError(
        "validation = 0: a tuning chooses by images that are held out of the training split, and "
        "never by the test set; expected validation = 5000 or the like");
  }
}

std::vector<std::string> ValuesOf(const std::vector<Setting>& settings) {
  std::vector<std::string> values;
  for (const Setting& setting : settings) values.push_back(setting.value);
  return values;
}

// The one arm of a recipe; what is wrong with it names the trial.
Config ResolveTrial(const Recipe& one, const Overrides& overrides, int number,
                    const std::string& drawn) {
  try {
    return ResolvePlan(one, overrides).arms.front().config;
  } catch (const UsageError& error) {
    throw UsageError(fmt::format("[tune], trial {} ({}): {}", number, drawn, error.what()));
  }
}

}  // namespace

TuningPlan ResolveTuning(const Recipe& recipe, const Overrides& overrides) {
  TuningPlan plan;
  plan.tuning = TuningOf(recipe);
  CheckSaidOnce(plan.tuning, overrides.settings);
  if (overrides.seeds > 1) {
    throw UsageError(
        "flag --seeds: a trial has one seed; take more trials, and train what won with "
        "seeds of its own");
  }
  plan.arms = ResolvePlan(recipe, overrides);
  CheckHeldOut(plan.arms);
  plan.rungs = RungsOf(plan.tuning, plan.arms.arms.front().config.epochs);
  Overrides without_norms = overrides;
  without_norms.norms.clear();
  std::map<std::string, int> numbers;
  for (std::size_t i = 0; i < plan.arms.arms.size(); ++i) {
    numbers[CanonicalText(plan.arms.arms[i].config)] = static_cast<int>(i);
  }
  Recipe drawn = recipe, one = recipe;
  drawn.arms.clear();
  std::vector<std::string> texts;  // of the trials, as `list` has them
  const std::uint64_t seed = plan.arms.arms.front().config.seed;
  for (const std::vector<Setting>& arm : SelectArms(recipe, overrides.norms)) {
    CheckSaidOnce(plan.tuning, arm);
    one.arms = {arm};
    const int of = numbers.at(CanonicalText(ResolvePlan(one, without_norms).arms.front().config));
    for (int number = 1; number <= plan.tuning.trials; ++number) {
      const std::vector<Setting> values = DrawTrial(plan.tuning, seed, number);
      one.arms = {arm};
      one.arms.front().insert(one.arms.front().end(), values.begin(), values.end());
      plan.list.push_back({of, number, ValuesOf(values), 0});
      const std::string drawn_values = DrawnText(plan.tuning, plan.list.back().values);
      texts.push_back(CanonicalText(ResolveTrial(one, without_norms, number, drawn_values)));
      drawn.arms.push_back(one.arms.front());
    }
  }
  plan.trials = ResolvePlan(drawn, without_norms);
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < plan.trials.arms.size(); ++i) {
    places[CanonicalText(plan.trials.arms[i].config)] = i;
  }
  for (std::size_t i = 0; i < texts.size(); ++i) plan.list[i].place = places.at(texts[i]);
  return plan;
}

std::string DrawnText(const Tuning& tuning, const std::vector<std::string>& values) {
  std::vector<std::string> parts;
  for (std::size_t k = 0; k < values.size(); ++k) {
    parts.push_back(fmt::format("{} = {}", tuning.keys[k].key, values[k]));
  }
  return Join(parts);
}

std::string TuningHash(const TuningPlan& plan) {
  return Sha256(PlanHash(plan.trials) + TuningText(plan.tuning));
}

std::string ResolvedTuning(const TuningPlan& plan) {
  const std::string text = ResolvedRecipe(plan.arms);
  const std::size_t runs = text.find("\n[[run]]");
  return text.substr(0, runs) + "\n" + TuningText(plan.tuning) + text.substr(runs);
}

std::string TunedRecipe(const TuningPlan& plan, const std::vector<std::vector<std::string>>& values,
                        const std::string& about) {
  StudyPlan tuned = plan.arms;
  tuned.about = about;
  tuned.arms.clear();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].empty()) continue;
    Arm arm = plan.arms.arms[i];
    Settings settings{arm.config, {}};
    for (std::size_t k = 0; k < plan.tuning.keys.size(); ++k) {
      const std::string& key = plan.tuning.keys[k].key;
      ApplySetting({key, values[i][k], "[tune]", ValueKind::kText}, settings);
      arm.origins[KeyName(key)] = "chosen by normlab tune";
    }
    arm.config = settings.config;
    arm.config.validation = 0;
    arm.origins["validation"] = "held out while tuning";
    tuned.arms.push_back(std::move(arm));
  }
  if (tuned.arms.empty()) return "";
  return ResolvedRecipe(tuned);
}

}  // namespace normlab
