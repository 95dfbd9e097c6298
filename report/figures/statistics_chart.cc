#include "report/figures/statistics_chart.h"

#include <algorithm>

#include "norm/statistics_kind.h"
#include "report/figures/curves.h"

namespace normlab {
namespace {

// Over the epochs that every training reached.
std::vector<CurvePoint> Points(const ComparedModel& model, StatisticsKind kind) {
  std::vector<std::vector<StatisticsScore>> arms;
  for (const ArmRecord* arm : model.arms) arms.push_back(RowsOf(*arm, kind));
  std::size_t epochs = arms.front().size();
  for (const auto& rows : arms) epochs = std::min(epochs, rows.size());
  std::vector<CurvePoint> points;
  for (std::size_t e = 0; e < epochs; ++e) {
    std::vector<double> values;
    for (const auto& rows : arms) values.push_back(rows[e].test_accuracy);
    const auto [low, high] = std::ranges::minmax(values);
    points.push_back({static_cast<int>(e) + 1, SummarizeSample(values).mean, low, high});
  }
  return points;
}

}  // namespace

Chart StatisticsChart(const ComparedModel& model, const std::string& name,
                      const std::string& subject) {
  Panel panel;
  panel.y_label = "test accuracy (%)";
  panel.accuracy = true;
  for (const StatisticsKind kind : model.kinds) {
    panel.lines.push_back({NamesOf(kind).words, ModelStyle(static_cast<std::size_t>(kind)),
                           Points(model, kind), model.arms.size() > 1});
  }
  return {name, model.label + ": " + subject,
          SeedsText({Model{model.label, model.arms, model.arms, false}}),
          WithLaterHalf(std::move(panel))};
}

}  // namespace normlab
