// arm.json: under what conditions an arm trained, and what its network does after the last epoch.
#pragma once

#include <optional>
#include <string>

#include "study/config.h"
#include "train/conditions.h"

namespace normlab {

struct ArmFacts {
  Config config;
  TrainingConditions conditions;
  std::optional<FinalEvaluation> last;  // of a finished training
};

// <folder>/arm.json; docs/run-folder.md says what it holds. Throws RunError.
void WriteArmFacts(const std::string& folder, const ArmFacts& facts);

}  // namespace normlab
