// The trainings that findings are taken from: the finished ones, by model and seed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "report/records/run_folder.h"
#include "report/summary/summary.h"

namespace normlab {

// All of one label. Points into the run.
struct FinishedModel {
  std::string label;
  std::map<std::uint64_t, const ArmRecord*> by_seed;  // the first where a seed is there twice
};

// One figure of a training; nothing where the record lacks it.
using Quantity = std::optional<double> (*)(const ArmRecord&);

std::map<std::uint64_t, const ArmRecord*> FinishedBySeed(const Model& model);

// In the run's order; arms whose last epoch has no test accuracy are left out.
std::vector<FinishedModel> FinishedModels(const RunRecord& run);

// Those that all models have, ascending: pairs need the same seeds. Requires a model.
std::vector<std::uint64_t> CommonSeeds(const std::vector<FinishedModel>& models);

// Only the trainings of which a quantity is recorded; models without any are left out.
std::vector<FinishedModel> WhereRecorded(const std::vector<FinishedModel>& models,
                                         Quantity quantity);

std::vector<std::uint64_t> Seeds(const FinishedModel& model);

// Of one quantity, one value for each of `seeds`, all of which have it.
std::vector<double> Values(const FinishedModel& model, const std::vector<std::uint64_t>& seeds,
                           Quantity quantity);

// Nothing where it is none: NaN, or not from 0 to 100.
std::optional<double> Percentage(double accuracy);

// What is compared between trainings, each after the last epoch and in percent; nothing where the
// record lacks it.
std::optional<double> FinalTestAccuracy(const ArmRecord& arm);
// In evaluation mode, without augmentation, on the fixed training images of LastEvaluation.
std::optional<double> CleanTrainAccuracy(const ArmRecord& arm);
// Clean train accuracy minus final test accuracy.
std::optional<double> TrainTestGap(const ArmRecord& arm);

// The step between values of such a quantity that can be told apart (TestPairs): 100 / images for
// an accuracy, sqrt of the sum of the two squares for a gap.
double AccuracyResolution(int images);
double GapResolution(int train_images, int test_images);

}  // namespace normlab
