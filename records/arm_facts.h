// arm.json: under what conditions an arm trained, and what its network does after the last epoch.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "records/field.h"
#include "train/training_records.h"

namespace normlab {

struct ArmFacts {
  std::vector<std::pair<std::string, std::string>> settings;  // every key: {"l2", "0.001"}
  TrainingConditions conditions;
  std::optional<FinalEvaluation> last;  // of a finished training
};

const FieldTable<TrainingConditions>& ConditionFields();

// <folder>/arm.json; docs/run-folder.md says what it holds. Throws RunError.
void WriteArmFacts(const std::string& folder, const ArmFacts& facts);
// Throws DataError naming the file and the field.
ArmFacts ReadArmFacts(const std::string& path);

}  // namespace normlab
