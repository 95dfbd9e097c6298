#include "report/page/arm_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/escape.h"
#include "config/shown_value.h"
#include "records/arm_facts.h"
#include "report/page/learned_json.h"
#include "report/page/statistics_json.h"

namespace normlab {
namespace {

// Those of real numbers that are no times.
template <class Row>
std::vector<RecordColumn<Row>> RealColumns(std::vector<RecordColumn<Row>> columns) {
  std::erase_if(columns,
                [](const auto& column) { return column.real == nullptr || column.is_time; });
  return columns;
}

// Validation is left out below where nothing was held out.
const std::vector<RecordColumn<EpochRecord>>& MetricColumns() {
  static const auto columns =
      RealColumns(MetricsTable({.validation = true, .views = true}).columns());
  return columns;
}

const std::vector<RecordColumn<LayerStatistics>>& LayerColumns() {
  static const auto columns = RealColumns(LayersTable().columns());
  return columns;
}

// A column of nothing but zeros, or of nothing at all, is left out: a quantity that was not taken.
bool SaysSomething(const PageJson& column) {
  return std::ranges::any_of(column,
                             [](const PageJson& value) { return !value.is_null() && value != 0; });
}

PageJson CurvesJson(const ArmRecord& arm, std::size_t step) {
  PageJson curves = {{"epoch", PageJson::array()}};
  const std::vector<std::size_t> kept = KeptEpochs(arm.metrics.size(), step);
  for (const std::size_t e : kept) curves["epoch"].push_back(arm.metrics[e].epoch);
  for (const auto& column : MetricColumns()) {
    PageJson values = PageJson::array();
    for (const std::size_t e : kept) values.push_back(PageNumber(arm.metrics[e].*column.real));
    if (SaysSomething(values)) curves[column.name] = std::move(values);
  }
  return curves;
}

std::string LayerName(const LayerStatistics& row, bool repeated) {
  const std::string name = PlainLine(row.layer);
  return repeated ? fmt::format("{}, application {}", name, row.application) : name;
}

// The rows of every layer, in the order in which the layers come, by their place among the epochs.
PageJson LayersJson(const ArmRecord& arm, std::size_t step) {
  std::map<int, std::size_t> epochs;
  std::map<std::string, int> applications;
  for (const LayerStatistics& row : arm.layers) {
    epochs.emplace(row.epoch, 0);
    applications[row.layer] = std::max(applications[row.layer], row.application);
  }
  PageJson layers = {{"epoch", PageJson::array()}, {"layers", PageJson::array()}};
  std::vector<int> all;
  for (const auto& [epoch, place] : epochs) all.push_back(epoch);
  epochs.clear();
  for (const std::size_t e : KeptEpochs(all.size(), step)) {
    epochs.emplace(all[e], epochs.size());
    layers["epoch"].push_back(all[e]);
  }
  std::map<std::pair<std::string, int>, std::size_t> places;
  for (const LayerStatistics& row : arm.layers) {
    const auto epoch = epochs.find(row.epoch);
    if (epoch == epochs.end()) continue;
    const auto [place, is_new] = places.try_emplace({row.layer, row.application}, places.size());
    if (is_new) {
      PageJson layer = {{"name", LayerName(row, applications[row.layer] > 1)}};
      for (const auto& column : LayerColumns()) {
        layer[column.name] = PageJson(epochs.size(), nullptr);
      }
      layers["layers"].push_back(std::move(layer));
    }
    PageJson& layer = layers["layers"][place->second];
    for (const auto& column : LayerColumns()) {
      layer[column.name][epoch->second] = PageNumber(row.*column.real);
    }
  }
  for (PageJson& layer : layers["layers"]) {
    for (const auto& column : LayerColumns()) {
      if (!SaysSomething(layer[column.name])) layer.erase(column.name);
    }
  }
  return layers;
}

}  // namespace

std::size_t MetricsNumbers(const ArmRecord& arm) {
  return arm.metrics.size() * (1 + MetricColumns().size()) + 2 * arm.statistics.size();
}

std::size_t LayersNumbers(const ArmRecord& arm) {
  return arm.layers.size() * LayerColumns().size();
}

std::size_t LearnedNumbers(const ArmRecord& arm) {
  return arm.learned.size() * LearnedColumns().size();
}

PageJson ArmJson(const ArmRecord& arm, std::size_t model, std::size_t metrics_step,
                 std::size_t layers_step, std::size_t learned_step) {
  PageJson values = PageJson::object(), settings = PageJson::object();
  for (const Quantity& quantity : Quantities()) {
    values[std::string(quantity.name)] = PageNumber(quantity.value(arm));
  }
  for (const auto& [key, value] : arm.settings) {
    settings[PlainLine(key)] = PlainLine(key == "norm" ? arm.norm : ShownValue(key, value));
  }
  PageJson json = {{"model", model},
                   {"folder", PlainLine(arm.folder)},
                   {"seed", fmt::to_string(arm.seed)},  // above 2^53 too
                   {"state", arm.state},
                   {"message", PlainLine(arm.message)},
                   {"best_epoch", arm.best_epoch},
                   {"values", values},
                   {"settings", settings},
                   {"curves", CurvesJson(arm, metrics_step)}};
  if (!arm.layers.empty()) json["layers"] = LayersJson(arm, layers_step);
  if (!arm.learned.empty()) json["learned"] = ArmLearnedJson(arm, learned_step);
  if (!arm.statistics.empty()) json["statistics"] = ArmStatisticsJson(arm, metrics_step);
  if (arm.conditions) json["conditions"] = ConditionFields().Json(*arm.conditions);
  return json;
}

}  // namespace normlab
