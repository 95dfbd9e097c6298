// The final test accuracies of the models that learned, compared over the seeds that all have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/summary/finished_models.h"
#include "statistics/compare.h"

namespace normlab {

// Models whose accuracies differ by no more than this many percentage points are called
// equivalent. It depends on nothing but the data set, so that no result can choose it: 0.1 on
// MNIST, where 0.3 points would be half of all that a good network misses, 0.3 elsewhere.
double EquivalenceMargin(const std::string& dataset);

struct ComparedAccuracies {
  std::vector<FinishedModel> models;  // LearnedModels
  std::vector<std::uint64_t> seeds;   // that all of them finished
  std::vector<NamedSample> samples;   // one of each model, in the models' order
  FamilyOptions options;
  std::vector<Comparison> pairs;  // of two models or more and kFewestForTest seeds or more
};

ComparedAccuracies CompareAccuracies(const RunRecord& run, int test_images);

// By descending mean. Requires a seed.
std::vector<NamedSample> BestFirst(std::vector<NamedSample> samples);

}  // namespace normlab
