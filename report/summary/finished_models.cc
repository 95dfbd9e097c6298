#include "report/summary/finished_models.h"

#include <algorithm>
#include <cmath>

namespace normlab {

std::optional<double> Percentage(double accuracy) {
  return accuracy >= 0 && accuracy <= 100 ? std::optional(accuracy) : std::nullopt;
}

std::map<std::uint64_t, const ArmRecord*> FinishedBySeed(const Model& model) {
  std::map<std::uint64_t, const ArmRecord*> arms;
  for (const ArmRecord* arm : model.arms) {
    if (arm->state == "finished" && FinalTestAccuracy(*arm)) arms.emplace(arm->seed, arm);
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

std::vector<FinishedModel> WhereRecorded(const std::vector<FinishedModel>& models,
                                         Quantity quantity) {
  std::vector<FinishedModel> recorded = models;
  for (FinishedModel& model : recorded) {
    std::erase_if(model.by_seed, [&](const auto& arm) { return !quantity(*arm.second); });
  }
  std::erase_if(recorded, [](const FinishedModel& model) { return model.by_seed.empty(); });
  return recorded;
}

std::vector<std::uint64_t> Seeds(const FinishedModel& model) {
  std::vector<std::uint64_t> seeds;
  for (const auto& [seed, arm] : model.by_seed) seeds.push_back(seed);
  return seeds;
}

std::vector<double> Values(const FinishedModel& model, const std::vector<std::uint64_t>& seeds,
                           Quantity quantity) {
  std::vector<double> values;
  for (const std::uint64_t seed : seeds) values.push_back(*quantity(*model.by_seed.at(seed)));
  return values;
}

std::optional<double> FinalTestAccuracy(const ArmRecord& arm) {
  return Percentage(Value(arm, Metric::kFinalTestAccuracy));
}

std::optional<double> CleanTrainAccuracy(const ArmRecord& arm) {
  if (!arm.last || arm.last->clean_train_images < 1) return std::nullopt;
  return Percentage(arm.last->clean_train_accuracy);
}

std::optional<double> TrainTestGap(const ArmRecord& arm) {
  const std::optional<double> train = CleanTrainAccuracy(arm), test = FinalTestAccuracy(arm);
  return train && test ? std::optional(*train - *test) : std::nullopt;
}

double AccuracyResolution(int images) { return 100.0 / images; }

double GapResolution(int train_images, int test_images) {
  return std::hypot(AccuracyResolution(train_images), AccuracyResolution(test_images));
}

}  // namespace normlab
