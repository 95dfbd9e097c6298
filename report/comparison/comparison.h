// Two runs side by side: in what they differ, and what their results say of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/comparison/run_differences.h"
#include "statistics/compare.h"
#include "statistics/mcnemar.h"

namespace normlab {

// The same model in both runs, or what stands for it.
struct ModelPair {
  std::string first, second;         // labels
  std::vector<std::uint64_t> seeds;  // that both have finished, ascending
  std::vector<ArmPair> arms;         // one for each of them
};

// Models are matched by their label; those that remain, by their normalization, where both runs
// have one model of it (labels name what varies within a run); and where each run has one model,
// those.
struct MatchedModels {
  std::vector<ModelPair> pairs;
  std::vector<std::string> only_first, only_second;  // labels of the others
};
// Points into the runs, which must outlive the result.
MatchedModels MatchModels(const RunRecord& first, const RunRecord& second);

// The final test accuracies of one pair of models, in percent. Differences are second minus first.
struct ModelComparison {
  ModelPair models;
  SampleSummary first_accuracy, second_accuracy, difference;
  // From kFewestForTest seeds on. `first` and `second` are the runs in the order of the arguments
  // "A" and "B", test.difference is B minus A, and kBeats says that they differ.
  std::optional<Comparison> test;
  std::optional<int> seeds_to_resolve;  // past kMostPairs: no number of seeds
};

// Two single networks of one seed on the same images: says nothing of the methods.
struct NetworkComparison {
  std::string first, second;  // labels
  std::uint64_t seed = 0;
  std::string problem;  // why nothing was tested
  McNemar test;         // only_first: right in the first run's network alone
  double adjusted_p = 1;
};

struct RunComparison {
  SettingDifferences settings;
  std::vector<SettingDifference> environments;
  ConditionDifferences conditions;
  std::vector<ModelComparison> models;      // Holm's family: those with a test
  std::vector<NetworkComparison> networks;  // of models with too few seeds for a test; a family
  std::vector<std::string> only_first, only_second;
  int test_images = 0;  // 0: unknown, and accuracies are taken as exact
};

// Throws UsageError where the runs were not tested on the same images (CheckSameData).
RunComparison CompareRuns(const RunRecord& first, const RunRecord& second);

// For the terminal: the settings that differ, the conditions, the results, the words.
std::string ComparisonText(const RunRecord& first, const RunRecord& second,
                           const RunComparison& comparison);

// One document (docs/compare.md).
std::string ComparisonJson(const RunRecord& first, const RunRecord& second,
                           const RunComparison& comparison);

}  // namespace normlab
