// Changes that are judged together: the chance that any of them is called shown without being
// there stays at alpha.
#pragma once

#include <vector>

#include "statistics/paired.h"

namespace normlab {

// One quantity's change, one value per seed: with a method minus without it.
struct Change {
  std::vector<double> differences;
  double resolution = 0;  // TestPairs
};

struct JudgedChange {
  SampleSummary difference;
  bool tested = false;    // false below kFewestForTest seeds, and then not of the family
  PairedTest test;        // where tested
  double adjusted_p = 1;  // Holm's, over all tested members
  bool shown = false;     // adjusted_p <= alpha
};

// In the order given.
std::vector<JudgedChange> JudgeFamily(const std::vector<Change>& family, double alpha);

// How many members were tested: what Holm's correction is over.
int TestsOf(const std::vector<JudgedChange>& family);

}  // namespace normlab
