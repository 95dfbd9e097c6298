#include "report/summary/best_models.h"

#include <algorithm>
#include <cmath>

namespace normlab {
namespace {

// NaN without a finished training.
double MeanAfterLastEpoch(const Model& model, double EpochRecord::*field) {
  std::vector<double> values;
  for (const ArmRecord* arm : FinishedArms(model)) values.push_back(arm->metrics.back().*field);
  return values.empty() ? NAN : SummarizeSample(values).mean;
}

}  // namespace

std::vector<NormFamily> NormFamilies(const std::vector<Model>& models) {
  std::vector<NormFamily> families;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string& norm = models[i].arms.front()->norm;
    auto family = std::find_if(families.begin(), families.end(),
                               [&](const NormFamily& known) { return known.norm == norm; });
    if (family == families.end()) family = families.insert(families.end(), {norm, {}});
    family->models.push_back(i);
  }
  return families;
}

bool HasSettingsToCompare(const std::vector<Model>& models) {
  return NormFamilies(models).size() < models.size();
}

std::vector<std::size_t> BestOfEachNorm(const RunRecord& run, const std::vector<Model>& models) {
  double EpochRecord::*const field =
      run.best_on_validation ? &EpochRecord::validation_accuracy : &EpochRecord::test_accuracy;
  std::vector<std::size_t> best;
  for (const NormFamily& family : NormFamilies(models)) {
    double highest = -INFINITY;
    std::size_t chosen = models.size();
    for (const std::size_t i : family.models) {
      const double mean = MeanAfterLastEpoch(models[i], field);
      if (!(mean > highest)) continue;
      highest = mean;
      chosen = i;
    }
    if (chosen < models.size()) best.push_back(chosen);
  }
  return best;
}

std::string HowBestWereChosen(const RunRecord& run) {
  return run.best_on_validation
             ? "chosen by the mean accuracy on the held-out images after the last epoch"
             : "chosen by the mean test accuracy after the last epoch, since no images are held "
               "out: a choice on the test set flatters what it chooses";
}

}  // namespace normlab
