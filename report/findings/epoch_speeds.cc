#include "report/findings/epoch_speeds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/summary/fair_clock.h"
#include "statistics/sample.h"

namespace normlab {
namespace {

bool HasTimes(const ArmRecord& arm) {
  return !arm.metrics.empty() && std::ranges::all_of(arm.metrics, [](const EpochRecord& row) {
    return row.seconds > 0 && std::isfinite(row.seconds) && row.images_per_second > 0 &&
           std::isfinite(row.images_per_second);
  });
}

double Median(const TimedRows& epochs, double EpochRecord::*field) {
  std::vector<double> values;
  for (const EpochRecord* row : epochs) values.push_back(row->*field);
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace

Speed SpeedOf(const std::string& label, const std::map<std::uint64_t, TimedRows>& by_seed) {
  Speed speed{label, {}, 0, 0, 0, 0};
  std::vector<double> seconds;
  // The harmonic mean, which is what belongs to the mean of the times.
  double seconds_per_image = 0;
  for (const auto& [seed, epochs] : by_seed) {
    speed.seeds.push_back(seed);
    seconds.push_back(Median(epochs, &EpochRecord::seconds));
    seconds_per_image +=
        1 / Median(epochs, &EpochRecord::images_per_second) / static_cast<double>(by_seed.size());
  }
  speed.seconds = SummarizeSample(seconds).mean;
  speed.fastest = std::ranges::min(seconds);
  speed.slowest = std::ranges::max(seconds);
  speed.images_per_second = 1 / seconds_per_image;
  return speed;
}

SpeedsOfSplits FastestFirst(const std::vector<FinishedModel>& models) {
  SpeedsOfSplits splits;
  for (const FinishedModel& model : models) {
    std::map<EpochSplit, std::map<std::uint64_t, TimedRows>> by_split;
    for (const auto& [seed, arm] : model.by_seed) {
      for (auto& [split, epochs] : TimedEpochs(*arm)) by_split[split][seed] = std::move(epochs);
    }
    for (const auto& [split, by_seed] : by_split) {
      splits[split].push_back(SpeedOf(model.label, by_seed));
    }
  }
  for (auto& [split, speeds] : splits) std::ranges::stable_sort(speeds, {}, &Speed::seconds);
  return splits;
}

std::vector<FinishedModel> TimedModels(const RunRecord& run) {
  std::vector<FinishedModel> models = FinishedModels(run);
  for (FinishedModel& model : models) {
    std::erase_if(model.by_seed, [](const auto& arm) { return !HasTimes(*arm.second); });
  }
  std::erase_if(models, [](const FinishedModel& model) { return model.by_seed.empty(); });
  return models;
}

std::string SecondsWords(double seconds) {
  const int digits = 2 - static_cast<int>(std::floor(std::log10(seconds)));
  return fmt::format("{:.{}f}", seconds, std::clamp(digits, 0, 6));
}

}  // namespace normlab
