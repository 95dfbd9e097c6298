#include "report/summary/finished_models.h"

#include <algorithm>
#include <cmath>

namespace normlab {

namespace {

bool IsKnown(const ArmRecord& arm, std::string_view quantity) {
  return !std::isnan(Value(arm, quantity));
}

}  // namespace

std::map<std::uint64_t, const ArmRecord*> FinishedBySeed(const Model& model) {
  std::map<std::uint64_t, const ArmRecord*> arms;
  for (const ArmRecord* arm : model.arms) {
    if (arm->state == "finished" && IsKnown(*arm, "final_test_accuracy"))
      arms.emplace(arm->seed, arm);
  }
  return arms;
}

std::vector<FinishedModel> FinishedModels(const RunRecord& run) {
  std::vector<FinishedModel> models;
  for (const Model& model : GroupArms(run)) {
    FinishedModel finished{model.label, FinishedBySeed(model)};
    if (!finished.by_seed.empty()) models.push_back(std::move(finished));
  }
  return models;
}

std::vector<std::uint64_t> CommonSeeds(const std::vector<FinishedModel>& models) {
  std::vector<std::uint64_t> seeds;
  for (const auto& [seed, arm] : models.front().by_seed) {
    const bool everywhere = std::ranges::all_of(
        models, [&](const FinishedModel& model) { return model.by_seed.contains(seed); });
    if (everywhere) seeds.push_back(seed);
  }
  return seeds;
}

std::vector<FinishedModel> WhereKnown(const std::vector<FinishedModel>& models,
                                      std::string_view quantity) {
  std::vector<FinishedModel> known = models;
  for (FinishedModel& model : known) {
    std::erase_if(model.by_seed, [&](const auto& arm) { return !IsKnown(*arm.second, quantity); });
  }
  std::erase_if(known, [](const FinishedModel& model) { return model.by_seed.empty(); });
  return known;
}

std::vector<std::uint64_t> Seeds(const FinishedModel& model) {
  std::vector<std::uint64_t> seeds;
  for (const auto& [seed, arm] : model.by_seed) seeds.push_back(seed);
  return seeds;
}

std::vector<double> Values(const FinishedModel& model, const std::vector<std::uint64_t>& seeds,
                           std::string_view quantity) {
  std::vector<double> values;
  for (const std::uint64_t seed : seeds) {
    values.push_back(Value(*model.by_seed.at(seed), quantity));
  }
  return values;
}

double Mean(const FinishedModel& model, std::string_view quantity) {
  return SummarizeSample(Values(model, Seeds(model), quantity)).mean;
}

double AccuracyResolution(int images) { return 100.0 / images; }

double GapResolution(int train_images, int test_images) {
  return std::hypot(AccuracyResolution(train_images), AccuracyResolution(test_images));
}

}  // namespace normlab
