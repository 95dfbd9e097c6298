// What is measured of a whole training: ONE list that every table, the page and the comparison take
// their columns from. A new quantity is a row.
#pragma once

#include <string_view>
#include <vector>

#include "records/run_folder.h"
#include "statistics/sample.h"

namespace normlab {

enum class Better { kHigher, kLower, kNeither };

struct QuantityWords {
  std::string_view name;   // "final_test_accuracy": the page's data, and how tables ask for it
  std::string_view title;  // of a column: "test final"
  std::string_view words;  // of the page: "test accuracy, final"
  std::string_view unit;   // "%", "points", "s"; empty: none
  int decimals;
  Better better;
  std::string_view note;  // what else a reader must know; may be empty
};

struct Quantity : QuantityWords {
  // NaN where it is not known, and where a damaged file gives what is no percentage.
  double (*value)(const ArmRecord& arm);
};

const std::vector<Quantity>& Quantities();
const Quantity& QuantityNamed(std::string_view name);  // asserts that there is one

// In the order of the names.
std::vector<const Quantity*> QuantitiesNamed(const std::vector<std::string_view>& names);

// Of one training; NaN where it is not known.
double Value(const ArmRecord& arm, std::string_view quantity);
// Over those of the trainings that have it.
SampleSummary Sample(const std::vector<const ArmRecord*>& arms, const Quantity& quantity);

}  // namespace normlab
