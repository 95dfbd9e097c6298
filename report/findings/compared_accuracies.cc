#include "report/findings/compared_accuracies.h"

#include <algorithm>

#include "report/findings/finding_words.h"
#include "report/findings/learned_models.h"

namespace normlab {

double EquivalenceMargin(const std::string& dataset) { return dataset == "mnist" ? 0.1 : 0.3; }

ComparedAccuracies CompareAccuracies(const RunRecord& run, int test_images) {
  ComparedAccuracies comparison;
  comparison.models = LearnedModels(run, test_images);
  if (comparison.models.empty()) return comparison;
  comparison.seeds = CommonSeeds(comparison.models);
  comparison.options = {.alpha = kAlpha,
                        .margin = EquivalenceMargin(run.dataset),
                        .resolution = AccuracyResolution(test_images)};
  for (const FinishedModel& model : comparison.models) {
    comparison.samples.push_back(
        {model.label, Values(model, comparison.seeds, "final_test_accuracy")});
  }
  if (comparison.models.size() >= 2 && comparison.seeds.size() >= kFewestForTest) {
    comparison.pairs = CompareAll(comparison.samples, comparison.options);
  }
  return comparison;
}

std::vector<NamedSample> BestFirst(std::vector<NamedSample> samples) {
  std::ranges::stable_sort(samples, std::greater<>(), [](const NamedSample& sample) {
    return SummarizeSample(sample.values).mean;
  });
  return samples;
}

}  // namespace normlab
