// The trainings that findings are taken from: the finished ones, by model and seed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "records/run_folder.h"
#include "report/summary/quantities.h"
#include "report/summary/summary.h"

namespace normlab {

// All of one label. Points into the run.
struct FinishedModel {
  std::string label;
  std::map<std::uint64_t, const ArmRecord*> by_seed;  // the first where a seed is there twice
};

std::map<std::uint64_t, const ArmRecord*> FinishedBySeed(const Model& model);

// In the run's order; arms whose last epoch has no test accuracy are left out.
std::vector<FinishedModel> FinishedModels(const RunRecord& run);

// Those that all models have, ascending: pairs need the same seeds. Requires a model.
std::vector<std::uint64_t> CommonSeeds(const std::vector<FinishedModel>& models);

// Only the trainings of which this quantity is known; models without any are left out.
std::vector<FinishedModel> WhereKnown(const std::vector<FinishedModel>& models,
                                      std::string_view quantity);

std::vector<std::uint64_t> Seeds(const FinishedModel& model);

// One value for each of `seeds`, all of which the model has.
std::vector<double> Values(const FinishedModel& model, const std::vector<std::uint64_t>& seeds,
                           std::string_view quantity);
double Mean(const FinishedModel& model, std::string_view quantity);  // over all of its seeds

// The step between values of such a quantity that can be told apart (TestPairs): 100 / images for
// an accuracy, sqrt of the sum of the two squares for a gap.
double AccuracyResolution(int images);
double GapResolution(int train_images, int test_images);

}  // namespace normlab
