// From a recipe with [tune] to the trials of every arm.
#pragma once

#include <string>
#include <vector>

#include "config/plan.h"

namespace normlab {

struct TuningPlan {
  Tuning tuning;
  StudyPlan arms;    // as the recipe has them, nothing drawn
  StudyPlan trials;  // every training; equal ones are one
  std::vector<int> rungs;
  struct Trial {
    int arm = 0;                      // in `arms`
    int number = 0;                   // from 1
    std::vector<std::string> values;  // of the tuned keys, as a recipe says them, without quotes
    std::size_t place = 0;            // in `trials`
  };
  std::vector<Trial> list;  // arm after arm, each with all numbers
};

// Throws UsageError: no [tune], no held-out images, a tuned key that an arm or a flag sets too.
TuningPlan ResolveTuning(const Recipe& recipe, const Overrides& overrides);

// "lr = 0.1, l2 = 0": the tuned keys with a trial's values.
std::string DrawnText(const Tuning& tuning, const std::vector<std::string>& values);

// Of PlanHash's kind: over all trials and how they are searched.
std::string TuningHash(const TuningPlan& plan);

// The recipe as resolved, with its [tune].
std::string ResolvedTuning(const TuningPlan& plan);

// A recipe of every arm with the values that it is given, its held-out images trained on: what the
// winners of a tuning are trained anew by. `values`: of each arm the tuned keys'; an arm that
// has none is left out.
std::string TunedRecipe(const TuningPlan& plan, const std::vector<std::vector<std::string>>& values,
                        const std::string& about);

}  // namespace normlab
