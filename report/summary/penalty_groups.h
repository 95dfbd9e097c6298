// Which trainings differ in the penalties alone, from the settings of the records.
#pragma once

#include <string>
#include <vector>

#include "report/summary/finished_models.h"

namespace normlab {

struct PenalizedModel {
  double l1 = 0, l2 = 0;
  const FinishedModel* model = nullptr;
};

// Everything but l1, l2 and what they act on is equal: one normalization in one configuration.
struct PenaltyGroup {
  const FinishedModel* plain = nullptr;  // without penalties
  std::vector<PenalizedModel> penalized;
};

// A complete grid: every combination of the levels, 0 first, ascending; at least two of each.
struct PenaltyGrid {
  std::vector<double> l1, l2;
  std::vector<const FinishedModel*> models;  // [l1][l2]
  const FinishedModel* At(std::size_t i1, std::size_t i2) const {
    return models[i1 * l2.size() + i2];
  }
};

// Groups that have a model without penalties and one with. Models without recorded settings are in
// none. Points into `models`.
std::vector<PenaltyGroup> PenaltyGroups(const std::vector<FinishedModel>& models);

// Empty levels where the group is no complete grid, or its penalties act on different parameters.
PenaltyGrid GridOf(const PenaltyGroup& group);

}  // namespace normlab
