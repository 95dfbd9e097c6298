// How long an epoch of each model took, where times can be compared.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "report/summary/finished_models.h"

namespace normlab {

// One model in one split of the cores: of each seed the median over its epochs there.
struct Speed {
  std::string label;
  std::vector<std::uint64_t> seeds;
  double seconds = 0, fastest = 0, slowest = 0;  // mean, and the seeds between which it lies
  double images_per_second = 0;  // harmonic mean, which belongs to that of the times
};

using TimedRows = std::vector<const EpochRecord*>;
Speed SpeedOf(const std::string& label, const std::map<std::uint64_t, TimedRows>& by_seed);

// Finished, with a time of every epoch.
std::vector<FinishedModel> TimedModels(const RunRecord& run);

using SpeedsOfSplits = std::map<EpochSplit, std::vector<Speed>>;
SpeedsOfSplits FastestFirst(const std::vector<FinishedModel>& models);

std::string SecondsWords(double seconds);  // three digits: 0.0123, 1.23, 123

}  // namespace normlab
