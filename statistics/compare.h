// The verdicts of a study: every pair of models, tested as one family.
#pragma once

#include <string>
#include <vector>

#include "statistics/paired.h"

namespace normlab {

// One model's values, one per seed; the i-th values of all models belong to one seed.
struct NamedSample {
  std::string name;
  std::vector<double> values;  // larger is better
};

enum class Verdict {
  kBeats,               // the first beats the second
  kEquivalent,          // no difference larger than the margin
  kNotDistinguishable,  // neither could be shown
  kTooFewSeeds,         // fewer than kFewestForTest pairs: nothing is tested
};

struct Comparison {
  std::string first, second;  // by descending mean
  PairedTest test;            // first minus second; untested where there are too few seeds
  double adjusted_p = 1;      // Holm's, over all pairs of the family
  double equivalence_p = 1;   // Holm's, over all pairs of the family
  Verdict verdict = Verdict::kTooFewSeeds;
};

struct FamilyOptions {
  double alpha = 0.05;
  double margin = 0;      // of equivalence; 0: not tested
  double resolution = 0;  // TestPairs
};

// Every pair of models. Requires samples of one size. The chance that any pair "beats" without a
// true difference is at most alpha.
std::vector<Comparison> CompareAll(const std::vector<NamedSample>& samples,
                                   const FamilyOptions& options);

// How many seeds would find, with 80 % power, a true difference of the size seen, tested alone.
// Requires a pair that was tested; past kMostPairs: more.
int SeedsToResolve(const Comparison& pair, const FamilyOptions& options);

}  // namespace normlab
