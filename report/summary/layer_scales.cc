#include "report/summary/layer_scales.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "report/summary/summary.h"

namespace normlab {
namespace {

bool Usable(const LayerStatistics& row) {
  for (const double value : {row.deviation_before, row.deviation_after, row.gradient_norm}) {
    if (!std::isfinite(value) || value < 0) return false;
  }
  return true;
}

std::string LayerName(const LayerStatistics& row) {
  return row.application > 1 ? fmt::format("{} (use {})", row.layer, row.application) : row.layer;
}

const LayerStatistics* Find(const ArmRecord& arm, const LayerStatistics& like) {
  const auto found = std::ranges::find_if(arm.layers, [&](const LayerStatistics& row) {
    return row.epoch == like.epoch && row.layer == like.layer &&
           row.application == like.application;
  });
  return found == arm.layers.end() || !Usable(*found) ? nullptr : &*found;
}

// Nothing where one of the trainings lacks the row.
std::vector<const LayerStatistics*> InAll(const std::vector<const ArmRecord*>& arms,
                                          const LayerStatistics& like) {
  std::vector<const LayerStatistics*> rows;
  for (const ArmRecord* arm : arms) {
    const LayerStatistics* row = Find(*arm, like);
    if (row == nullptr) return {};
    rows.push_back(row);
  }
  return rows;
}

double Mean(const std::vector<const LayerStatistics*>& rows, double LayerStatistics::*field) {
  double sum = 0;
  for (const LayerStatistics* row : rows) sum += row->*field;
  return sum / static_cast<double>(rows.size());
}

EpochScales ScalesAt(const std::vector<const ArmRecord*>& arms, int epoch) {
  EpochScales scales{epoch, {}};
  for (const LayerStatistics& like : arms.front()->layers) {
    if (like.epoch != epoch) continue;
    const std::vector<const LayerStatistics*> rows = InAll(arms, like);
    if (rows.empty()) continue;
    const bool normalized = std::ranges::any_of(rows, [](const LayerStatistics* row) {
      return row->mean_before != row->mean_after || row->deviation_before != row->deviation_after;
    });
    scales.layers.push_back(
        {LayerName(like), normalized, Mean(rows, &LayerStatistics::deviation_before),
         Mean(rows, &LayerStatistics::deviation_after), Mean(rows, &LayerStatistics::gradient_norm),
         Mean(rows, &LayerStatistics::running_mean_distance),
         Mean(rows, &LayerStatistics::running_variance_distance)});
  }
  return scales;
}

std::vector<const ArmRecord*> ArmsWithLayers(const Model& model, bool finished) {
  std::vector<const ArmRecord*> arms;
  for (const ArmRecord* arm : model.arms) {
    if (!arm->layers.empty() && arm->state == (finished ? "finished" : "diverged")) {
      arms.push_back(arm);
    }
  }
  return arms;
}

}  // namespace

std::vector<ModelScales> CollectLayerScales(const RunRecord& run) {
  std::vector<ModelScales> models;
  for (const Model& model : GroupArms(run)) {
    std::vector<const ArmRecord*> arms = ArmsWithLayers(model, true);
    ModelScales scales{model.label, model.arms.front()->norm, {}, arms.empty(), {}, {}};
    if (arms.empty()) arms = ArmsWithLayers(model, false);
    if (arms.empty()) continue;
    int first = 0, last = std::numeric_limits<int>::max();
    for (const ArmRecord* arm : arms) {
      const auto [low, high] = std::ranges::minmax(arm->layers, {}, &LayerStatistics::epoch);
      first = std::max(first, low.epoch);
      last = std::min(last, high.epoch);
      scales.seeds.push_back(arm->seed);
    }
    std::ranges::sort(scales.seeds);
    scales.first = ScalesAt(arms, first);
    scales.last = ScalesAt(arms, last);
    if (scales.first.layers.empty() || scales.last.layers.empty()) continue;
    models.push_back(std::move(scales));
  }
  return models;
}

}  // namespace normlab
