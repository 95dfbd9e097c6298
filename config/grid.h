// A grid: keys that take several values, multiplied out into arms.
#pragma once

#include <string>
#include <vector>

#include "config/keys.h"

namespace normlab {

// One table of a recipe (what stands above the first [[run]], or one [[run]]): keys with one value,
// and keys with a list of them in the order of the file.
struct Axis {
  std::string key;
  std::vector<Setting> values;  // at least one
};
struct SettingsTable {
  std::vector<Setting> single;
  std::vector<Axis> axes;
};

// Every combination of an arm's own lists and of those lists of the base whose key the arm does not
// set itself; the list that is written first varies slowest. Throws UsageError where there are more
// than kLargestGrid.
inline constexpr std::size_t kLargestGrid = 10000;
std::vector<std::vector<Setting>> MultiplyOut(const std::vector<Axis>& base,
                                              const SettingsTable& arm, const std::string& recipe);

// Combinations that a recipe leaves out: all of a rule's keys have one of the rule's values.
struct ExcludeRule {
  std::vector<Axis> keys;  // at least one
};

// Whether a rule leaves out the arm that these settings make, weakest first.
bool IsExcluded(const std::vector<ExcludeRule>& rules, const std::vector<Setting>& base,
                const std::vector<Setting>& arm);

}  // namespace normlab
