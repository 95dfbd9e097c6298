#include "report/summary/statistics_quantities.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "norm/statistics_kind.h"

namespace normlab {
namespace {

bool AllHave(const std::vector<const ArmRecord*>& arms, StatisticsKind kind) {
  return std::ranges::all_of(arms, [&](const ArmRecord* arm) {
    return std::ranges::count(arm->statistics, kind, &StatisticsScore::kind) > 0;
  });
}

double FinalAccuracy(const std::vector<StatisticsScore>& rows) { return rows.back().test_accuracy; }

double FinalLoss(const std::vector<StatisticsScore>& rows) { return rows.back().test_loss; }

double MeanOfLast(const std::vector<StatisticsScore>& rows) {
  const std::size_t epochs = std::min(rows.size(), kLastEpochs);
  double sum = 0;
  for (std::size_t i = rows.size() - epochs; i < rows.size(); ++i) sum += rows[i].test_accuracy;
  return sum / static_cast<double>(epochs);
}

double Jitter(const std::vector<StatisticsScore>& rows) {
  const std::size_t changes = std::min(rows.size() - 1, kJitterEpochs);
  if (changes == 0) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (std::size_t i = rows.size() - changes; i < rows.size(); ++i) {
    sum += std::abs(rows[i].test_accuracy - rows[i - 1].test_accuracy);
  }
  return sum / static_cast<double>(changes);
}

}  // namespace

std::vector<std::uint64_t> ComparedModel::seeds() const {
  std::vector<std::uint64_t> seeds;
  for (const ArmRecord* arm : arms) seeds.push_back(arm->seed);
  return seeds;
}

bool ComparedModel::Has(StatisticsKind kind) const {
  return std::ranges::find(kinds, kind) != kinds.end();
}

std::vector<ComparedModel> ComparedModels(const RunRecord& run) {
  std::vector<ComparedModel> compared;
  for (const FinishedModel& model : FinishedModels(run)) {
    ComparedModel one{model.label, {}, {}};
    for (const auto& [seed, arm] : model.by_seed) {
      if (!arm->statistics.empty()) one.arms.push_back(arm);
    }
    if (one.arms.empty()) continue;
    for (const StatisticsKindNames& names : kStatisticsKinds) {
      if (AllHave(one.arms, names.kind)) one.kinds.push_back(names.kind);
    }
    compared.push_back(std::move(one));
  }
  return compared;
}

std::vector<StatisticsScore> RowsOf(const ArmRecord& arm, StatisticsKind kind) {
  std::vector<StatisticsScore> rows;
  std::ranges::copy_if(arm.statistics, std::back_inserter(rows),
                       [&](const StatisticsScore& row) { return row.kind == kind; });
  return rows;
}

const std::vector<StatisticsQuantity>& StatisticsQuantities() {
  using enum Better;
  static const std::vector<StatisticsQuantity> quantities = {
      {{"final_test_accuracy", "test final", "test accuracy, final", "%", 2, kHigher, ""},
       "final_difference",
       "final",
       FinalAccuracy},
      {{"last_epochs_test_accuracy", "last five", "mean of the last five epochs", "%", 2, kHigher,
        "of all epochs where there are fewer"},
       "last_epochs_difference",
       "last five",
       MeanOfLast},
      {{"jitter", "jitter", "jitter", "points", 2, kLower,
        "mean absolute change of the test accuracy from the epoch before, over the last ten "
        "epochs that have one before"},
       "",
       "",
       Jitter},
      {{"final_test_loss", "test loss", "test loss, final", "", 4, kLower, ""}, "", "", FinalLoss},
  };
  return quantities;
}

const StatisticsQuantity& LastEpochsAccuracy() { return StatisticsQuantities()[1]; }

std::vector<double> ValuesOf(const ComparedModel& model, StatisticsKind kind,
                             const StatisticsQuantity& quantity) {
  std::vector<double> values;
  for (const ArmRecord* arm : model.arms) values.push_back(quantity.value(RowsOf(*arm, kind)));
  return values;
}

std::vector<double> DifferencesOf(const ComparedModel& model, StatisticsKind kind,
                                  StatisticsKind against, const StatisticsQuantity& quantity) {
  std::vector<double> differences = ValuesOf(model, kind, quantity);
  std::ranges::transform(differences, ValuesOf(model, against, quantity), differences.begin(),
                         std::minus<>());
  return differences;
}

}  // namespace normlab
