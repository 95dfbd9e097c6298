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
std::vector<StatisticsScore> RowsOf(const ArmRecord& arm, StatisticsKind kind);

inline constexpr std::size_t kLastEpochs = 5, kJitterEpochs = 10;

// What is measured of such lines, of which there is at least one. A new quantity is a row of
// statistics_quantities.cc.
struct StatisticsQuantity : QuantityWords {
  // The name and the title of its difference from the running shared statistics; empty: not told.
  std::string_view difference_name, difference_title;
  double (*value)(const std::vector<StatisticsScore>& rows);
};
const std::vector<StatisticsQuantity>& StatisticsQuantities();
const StatisticsQuantity& LastEpochsAccuracy();  // what findings are taken from

// One value for each of the model's arms.
std::vector<double> ValuesOf(const ComparedModel& model, StatisticsKind kind,
                             const StatisticsQuantity& quantity);
// With `kind` minus with `against`, of the same weights.
std::vector<double> DifferencesOf(const ComparedModel& model, StatisticsKind kind,
                                  StatisticsKind against, const StatisticsQuantity& quantity);

}  // namespace normlab
