#include "report/findings/learned_models.h"

#include <cmath>

namespace normlab {

double HighestByChance(std::size_t classes, int test_images) {
  const double share = 1.0 / static_cast<double>(classes);
  return 100 * (share + 3 * std::sqrt(share * (1 - share) / test_images));
}

std::vector<std::uint64_t> SeedsAtChance(const RunRecord& run, const FinishedModel& model,
                                         int test_images) {
  if (run.class_names.size() < 2) return {};
  const double bound = HighestByChance(run.class_names.size(), test_images);
  std::vector<std::uint64_t> seeds;
  for (const auto& [seed, arm] : model.by_seed) {
    if (Value(*arm, "maximum_test_accuracy") <= bound) seeds.push_back(seed);
  }
  return seeds;
}

namespace {

bool NeverLeftChance(const RunRecord& run, const FinishedModel& model, int test_images) {
  return SeedsAtChance(run, model, test_images).size() == model.by_seed.size();
}

}  // namespace

std::vector<FinishedModel> LearnedModels(const RunRecord& run, int test_images) {
  std::vector<FinishedModel> models = FinishedModels(run);
  std::erase_if(
      models, [&](const FinishedModel& model) { return NeverLeftChance(run, model, test_images); });
  return models;
}

std::set<std::string> LostModels(const RunRecord& run, int test_images) {
  std::set<std::string> labels;
  for (const FinishedModel& model : FinishedModels(run)) {
    if (NeverLeftChance(run, model, test_images)) labels.insert(model.label);
  }
  return labels;
}

}  // namespace normlab
