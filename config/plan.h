// From a recipe and what overrides it to the arms that will be trained.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/recipe.h"

namespace normlab {

// One training.
struct Arm {
  Config config;
  std::map<std::string, std::string> origins;  // by key
  std::string norm;    // what it is called: NormLabel, with a hash where two methods have one title
  std::string folder;  // <norm>[-<key>_<value> of each varying key]-seed<N>
  std::string label;   // what a figure says: "batch", or "batch, l2 = 0.001"
};

struct StudyPlan {
  std::string recipe;
  std::string about;
  Limits limits;
  ExecutionOptions execution;
  std::map<std::string, std::string> execution_origins;
  std::vector<Arm> arms;  // no two equal
};

// What overrides a recipe, weakest first: environment, then flags and --set in that order.
struct Overrides {
  std::vector<Setting> settings;
  std::vector<std::string> norms;  // NormsOfFlag; empty: the recipe's
  int seeds = 1;                   // seed ... seed + N - 1 of every arm
};

// NORMLAB_EPOCHS=5 and the like; `unknown` receives a line for each NORMLAB_* that is no key.
std::vector<Setting> EnvironmentSettings(std::vector<std::string>* unknown);

// The arms of the recipe that --norms keeps, in its order, and the missing ones.
std::vector<std::vector<Setting>> SelectArms(const Recipe& recipe,
                                             const std::vector<std::string>& norms);

// Everything that can be refused without data is refused here. Throws UsageError, and DataError
// where a user's own data set is none.
StudyPlan ResolvePlan(const Recipe& recipe, const Overrides& overrides);

// A configuration as key = value lines without origins: what is compared and kept in checkpoints.
std::string CanonicalText(const Config& config);

// The lines of it that are hashed (HashLine of config/keys.h).
std::string HashText(const Config& config);

// The same, parsed: each key that is set and its value as a recipe would say it, without quotes.
std::vector<Setting> CanonicalSettings(const Config& config);

// The way back; keys that the text does not name have their defaults. Throws UsageError naming the
// line. What the values mean together is for MakeArchitecture and the like to check.
Config ParseCanonicalText(std::string_view text);

// 64 hexadecimal digits over everything that the results depend on: the arms, the engine, the
// initial weights' bytes, the fingerprint of a user's own images, and whether steps are logged; not
// jobs, threads, simd or where published files lie.
std::string PlanHash(const StudyPlan& plan);

// recipe.toml as resolved: every key, each with its origin as a comment. It runs again as it is.
std::string ResolvedRecipe(const StudyPlan& plan);

}  // namespace normlab
