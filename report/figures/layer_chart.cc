#include "report/figures/layer_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace normlab {
namespace {

constexpr std::size_t kMostPlaces = 200;

std::string PlaceName(const LayerStatistics& row) {
  return row.application == 1 ? row.layer : fmt::format("{} ({})", row.layer, row.application);
}

std::vector<const LayerStatistics*> LastEpoch(const ArmRecord& arm) {
  int last = 0;
  for (const LayerStatistics& row : arm.layers) last = std::max(last, row.epoch);
  std::vector<const LayerStatistics*> rows;
  for (const LayerStatistics& row : arm.layers) {
    if (row.epoch == last) rows.push_back(&row);
  }
  return rows;
}

std::vector<std::string> Places(const std::vector<StyledModel>& models) {
  std::vector<std::string> places;
  for (const StyledModel& model : models) {
    for (const ArmRecord* arm : CurveArms(*model.model)) {
      for (const LayerStatistics* row : LastEpoch(*arm)) {
        const std::string name = PlaceName(*row);
        const bool known = std::find(places.begin(), places.end(), name) != places.end();
        if (!known && places.size() < kMostPlaces) places.push_back(name);
      }
    }
  }
  return places;
}

// A point for every place, so that the lines agree on what stands where; NaN is a gap.
std::vector<CurvePoint> LayerCurve(const Model& model, const std::vector<std::string>& places,
                                   double LayerStatistics::*field) {
  std::map<std::string, std::vector<double>> values;
  for (const ArmRecord* arm : CurveArms(model)) {
    for (const LayerStatistics* row : LastEpoch(*arm))
      values[PlaceName(*row)].push_back(row->*field);
  }
  if (values.empty()) return {};
  std::vector<CurvePoint> points;
  for (std::size_t i = 0; i < places.size(); ++i) {
    CurvePoint point{static_cast<int>(i) + 1, NAN, NAN, NAN};
    if (const auto found = values.find(places[i]); found != values.end()) {
      const auto [low, high] = std::minmax_element(found->second.begin(), found->second.end());
      point.mean = SummarizeSample(found->second).mean;
      point.low = *low;
      point.high = *high;
    }
    points.push_back(point);
  }
  return points;
}

}  // namespace

Chart LayerChart(const std::vector<StyledModel>& models, const std::string& name,
                 const std::string& title) {
  Panel deviation, gradient;
  deviation.y_label = "deviation of each unit's output";
  gradient.y_label = "norm of the gradient of its weights";
  const std::vector<std::string> places = Places(models);
  std::vector<Model> shown;
  for (Panel* panel : {&deviation, &gradient}) {
    panel->places = places;
    panel->last_epoch = static_cast<int>(places.size());
    panel->logarithmic = true;
    for (const StyledModel& model : models) {
      ChartLine line{model.model->label, ModelStyle(model.style),
                     LayerCurve(*model.model, places,
                                panel == &deviation ? &LayerStatistics::deviation_after
                                                    : &LayerStatistics::gradient_norm),
                     CurveArms(*model.model).size() > 1};
      if (line.points.empty()) continue;
      panel->lines.push_back(std::move(line));
      if (panel == &deviation) shown.push_back(*model.model);
    }
  }
  Chart chart{name, title, SeedsText(shown), {}};
  if (!places.empty()) chart.panels = {std::move(deviation), std::move(gradient)};
  return chart;
}

}  // namespace normlab
