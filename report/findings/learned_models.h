// Which models learned anything: a training that never left chance says nothing of the others.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "report/summary/finished_models.h"

namespace normlab {

// Test accuracies in percent up to which guessing one of `classes` equally frequent classes may get
// by luck: three standard deviations of the binomial distribution above its mean.
double HighestByChance(std::size_t classes, int test_images);

// The seeds of the model's trainings that were at no epoch above HighestByChance; none where the
// run's classes are not known.
std::vector<std::uint64_t> SeedsAtChance(const RunRecord& run, const FinishedModel& model,
                                         int test_images);

// FinishedModels without those of which no training left chance.
std::vector<FinishedModel> LearnedModels(const RunRecord& run, int test_images);

// The labels of the others.
std::set<std::string> LostModels(const RunRecord& run, int test_images);

}  // namespace normlab
