// What is compared between the kinds of statistics that one training was tested with.
#pragma once

#include <string>
#include <vector>

#include "report/summary/finished_models.h"

namespace normlab {

// A model whose finished trainings were tested with several kinds of statistics. Points into the
// run.
struct ComparedModel {
  std::string label;
  std::vector<const ArmRecord*> arms;  // by ascending seed
  std::vector<StatisticsKind> kinds;   // of all arms, in the enumeration's order; shared is one

  std::vector<std::uint64_t> seeds() const;
  bool Has(StatisticsKind kind) const;
};

// In the run's order; models that were not compared are left out.
std::vector<ComparedModel> ComparedModels(const RunRecord& run);

// The lines of one kind, epochs 1, 2, 3, ...
std::vector<StatisticsRow> RowsOf(const ArmRecord& arm, StatisticsKind kind);

// One figure of such lines, of which there is at least one.
using StatisticsMeasure = double (*)(const std::vector<StatisticsRow>& rows);

inline constexpr std::size_t kLastEpochs = 5, kJitterEpochs = 10;
double FinalAccuracyOf(const std::vector<StatisticsRow>& rows);
double FinalLossOf(const std::vector<StatisticsRow>& rows);
// Mean accuracy of the last kLastEpochs epochs; of all where there are fewer.
double LastEpochsAccuracyOf(const std::vector<StatisticsRow>& rows);
// Mean absolute change of the accuracy from the epoch before, over the last kJitterEpochs epochs
// that have one before; NaN where none has.
double JitterOf(const std::vector<StatisticsRow>& rows);

// One value for each of the model's arms.
std::vector<double> ValuesOf(const ComparedModel& model, StatisticsKind kind,
                             StatisticsMeasure measure);
// With `kind` minus with `against`, of the same weights.
std::vector<double> DifferencesOf(const ComparedModel& model, StatisticsKind kind,
                                  StatisticsKind against, StatisticsMeasure measure);

}  // namespace normlab
