// In what two runs differ: their settings, and the conditions of their trainings.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

struct SettingDifference {
  std::string key;
  std::string first, second;  // "batch, layer" where the arms have several; empty: not recorded
};

// The keys of which the two runs have not the same values, by name. `settings_known` says whether
// both folders tell theirs; where not, nothing is listed.
struct SettingDifferences {
  bool settings_known = false;
  std::vector<SettingDifference> keys;
};
SettingDifferences CompareSettings(const RunRecord& first, const RunRecord& second);

struct ConditionDifference {
  std::string name;  // "initial weights"
  int different = 0;
  std::string first, second;  // of the first pair that differs; hashes are cut
};

// Of trainings that are paired, an arm of either run with the same seed. `recorded` is the number
// of pairs in which both tell their conditions.
struct ConditionDifferences {
  int pairs = 0, recorded = 0;
  std::vector<ConditionDifference> all;  // every condition, also those that never differ
};
using ArmPair = std::pair<const ArmRecord*, const ArmRecord*>;
ConditionDifferences CompareConditions(const std::vector<ArmPair>& pairs);

// What the environments tell of the program and the instruction set, where they differ.
std::vector<SettingDifference> CompareEnvironments(const RunRecord& first, const RunRecord& second);

// Throws UsageError where the two were not tested on the same images: another data set, other
// classes, another number of test images, or files of another content.
void CheckSameData(const RunRecord& first, const RunRecord& second);

// How many test images the run has; 0: unknown. Of a published set as its name says, else as the
// misses of an arm and its accuracy tell, or what it answered (predictions.safetensors).
int TestImages(const RunRecord& run);

}  // namespace normlab
