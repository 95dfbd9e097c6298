#include "report/summary/statistics_measures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "norm/statistics_kind.h"

namespace normlab {
namespace {

std::optional<double> IsCompared(const ArmRecord& arm) {
  return arm.statistics.empty() ? std::nullopt : std::optional(1.0);
}

bool AllHave(const std::vector<const ArmRecord*>& arms, StatisticsKind kind) {
  return std::ranges::all_of(arms, [&](const ArmRecord* arm) {
    return std::ranges::count(arm->statistics, kind, &StatisticsRow::kind) > 0;
  });
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
  for (const FinishedModel& model : WhereRecorded(FinishedModels(run), IsCompared)) {
    ComparedModel one{model.label, {}, {}};
    for (const auto& [seed, arm] : model.by_seed) one.arms.push_back(arm);
    for (const StatisticsKindNames& names : kStatisticsKinds) {
      if (AllHave(one.arms, names.kind)) one.kinds.push_back(names.kind);
    }
    compared.push_back(std::move(one));
  }
  return compared;
}

std::vector<StatisticsRow> RowsOf(const ArmRecord& arm, StatisticsKind kind) {
  std::vector<StatisticsRow> rows;
  std::ranges::copy_if(arm.statistics, std::back_inserter(rows),
                       [&](const StatisticsRow& row) { return row.kind == kind; });
  return rows;
}

double FinalAccuracyOf(const std::vector<StatisticsRow>& rows) { return rows.back().test_accuracy; }

double FinalLossOf(const std::vector<StatisticsRow>& rows) { return rows.back().test_loss; }

double LastEpochsAccuracyOf(const std::vector<StatisticsRow>& rows) {
  const std::size_t epochs = std::min(rows.size(), kLastEpochs);
  double sum = 0;
  for (std::size_t i = rows.size() - epochs; i < rows.size(); ++i) sum += rows[i].test_accuracy;
  return sum / static_cast<double>(epochs);
}

double JitterOf(const std::vector<StatisticsRow>& rows) {
  const std::size_t changes = std::min(rows.size() - 1, kJitterEpochs);
  if (changes == 0) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (std::size_t i = rows.size() - changes; i < rows.size(); ++i) {
    sum += std::abs(rows[i].test_accuracy - rows[i - 1].test_accuracy);
  }
  return sum / static_cast<double>(changes);
}

std::vector<double> ValuesOf(const ComparedModel& model, StatisticsKind kind,
                             StatisticsMeasure measure) {
  std::vector<double> values;
  for (const ArmRecord* arm : model.arms) values.push_back(measure(RowsOf(*arm, kind)));
  return values;
}

std::vector<double> DifferencesOf(const ComparedModel& model, StatisticsKind kind,
                                  StatisticsKind against, StatisticsMeasure measure) {
  std::vector<double> differences = ValuesOf(model, kind, measure);
  std::ranges::transform(differences, ValuesOf(model, against, measure), differences.begin(),
                         std::minus<>());
  return differences;
}

}  // namespace normlab
