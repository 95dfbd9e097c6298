#include "report/figures/learned_chart.h"

#include <algorithm>
#include <cmath>

#include "report/figures/curves.h"
#include "report/figures/run_figures.h"

namespace normlab {
namespace {

bool AnyFinite(const LearnedLayer& layer) {
  return std::ranges::any_of(layer.points,
                             [](const CurvePoint& point) { return std::isfinite(point.mean); });
}

// Of so many layers those that are drawn, the first and the last among them.
std::vector<std::size_t> DrawnLayers(std::size_t layers) {
  std::vector<std::size_t> drawn;
  const std::size_t count = std::min(layers, kMostLines);
  for (std::size_t i = 0; i < count; ++i) {
    drawn.push_back(count < 2 ? 0 : i * (layers - 1) / (count - 1));
  }
  return drawn;
}

}  // namespace

Chart LearnedChart(const Model& model, const std::vector<LearnedQuantity>& quantities,
                   const std::string& name, const std::string& subject) {
  const bool band = CurveArms(model).size() > 1;
  Chart chart{name, model.label + ", what each layer learned: " + subject, SeedsText({model}), {}};
  for (const LearnedQuantity& quantity : quantities) {
    Panel panel;
    panel.y_label = quantity.part == "norm" ? quantity.name : quantity.part + "." + quantity.name;
    panel.decimals = 3;
    const bool several = std::ranges::any_of(
        quantity.layers, [](const LearnedLayer& layer) { return layer.count > 1; });
    if (several) panel.title = "mean over its elements";
    const std::vector<std::size_t> drawn = DrawnLayers(quantity.layers.size());
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      const LearnedLayer& layer = quantity.layers[drawn[i]];
      if (!AnyFinite(layer)) continue;
      panel.lines.push_back({layer.layer, ModelStyle(i), layer.points, band});
      panel.last_epoch = std::max(panel.last_epoch, static_cast<int>(layer.points.size()));
    }
    if (!panel.lines.empty()) chart.panels.push_back(std::move(panel));
  }
  return chart;
}

}  // namespace normlab
