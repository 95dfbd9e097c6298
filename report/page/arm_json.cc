#include "report/page/arm_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "report/page/statistics_json.h"
#include "report/records/layer_columns.h"
#include "report/summary/summary.h"
#include "report/text/escape.h"

namespace normlab {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct MetricColumn {
  const char* name;
  double MetricsRow::*field;
};

// Validation columns are left out where nothing is held out.
constexpr MetricColumn kMetricColumns[] = {
    {"train_loss", &MetricsRow::train_loss},
    {"train_accuracy", &MetricsRow::train_accuracy},
    {"test_loss", &MetricsRow::test_loss},
    {"test_accuracy", &MetricsRow::test_accuracy},
    {"penalty", &MetricsRow::penalty},
    {"learning_rate", &MetricsRow::learning_rate},
    {"validation_loss", &MetricsRow::validation_loss},
    {"validation_accuracy", &MetricsRow::validation_accuracy},
};

// A column of nothing but zeros, or of nothing at all, is left out: a quantity that was not taken.
bool SaysSomething(const PageJson& column) {
  return std::ranges::any_of(column,
                             [](const PageJson& value) { return !value.is_null() && value != 0; });
}

PageJson CurvesJson(const ArmRecord& arm, std::size_t step) {
  PageJson curves = {{"epoch", PageJson::array()}};
  const std::vector<std::size_t> kept = KeptEpochs(arm.metrics.size(), step);
  for (const std::size_t e : kept) curves["epoch"].push_back(arm.metrics[e].epoch);
  for (const MetricColumn& column : kMetricColumns) {
    PageJson values = PageJson::array();
    for (const std::size_t e : kept) values.push_back(PageNumber(arm.metrics[e].*column.field));
    if (SaysSomething(values)) curves[column.name] = std::move(values);
  }
  return curves;
}

std::string LayerName(const LayerRow& row, bool repeated) {
  const std::string name = PlainLine(row.layer);
  return repeated ? fmt::format("{}, application {}", name, row.application) : name;
}

// The rows of every layer, in the order in which the layers come, by their place among the epochs.
PageJson LayersJson(const ArmRecord& arm, std::size_t step) {
  std::map<int, std::size_t> epochs;
  std::map<std::string, int> applications;
  for (const LayerRow& row : arm.layers) {
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
  for (const LayerRow& row : arm.layers) {
    const auto epoch = epochs.find(row.epoch);
    if (epoch == epochs.end()) continue;
    const auto [place, is_new] = places.try_emplace({row.layer, row.application}, places.size());
    if (is_new) {
      PageJson layer = {{"name", LayerName(row, applications[row.layer] > 1)}};
      for (const LayerColumn& column : kLayerColumns) {
        layer[column.name] = PageJson(epochs.size(), nullptr);
      }
      layers["layers"].push_back(std::move(layer));
    }
    PageJson& layer = layers["layers"][place->second];
    for (const LayerColumn& column : kLayerColumns) {
      layer[column.name][epoch->second] = PageNumber(row.*column.field);
    }
  }
  for (PageJson& layer : layers["layers"]) {
    for (const LayerColumn& column : kLayerColumns) {
      if (!SaysSomething(layer[column.name])) layer.erase(column.name);
    }
  }
  return layers;
}

PageJson ConditionsJson(const Conditions& conditions) {
  return {{"parameters", conditions.parameters}, {"batch_size", conditions.batch_size},
          {"steps", conditions.steps},           {"initial_weights", conditions.initial_weights},
          {"data_order", conditions.data_order}, {"first_images", conditions.first_images}};
}

double Clean(const ArmRecord& arm) { return arm.last ? arm.last->clean_train_accuracy : kNone; }

template <Metric kMetric>
double ArmValue(const ArmRecord& arm) {
  return Value(arm, kMetric);
}

}  // namespace

std::size_t MetricsNumbers(const ArmRecord& arm) {
  return arm.metrics.size() * (1 + std::size(kMetricColumns)) + 2 * arm.statistics.size();
}

std::size_t LayersNumbers(const ArmRecord& arm) {
  return arm.layers.size() * std::size(kLayerColumns);
}

const std::vector<PageMetric>& PageMetrics() {
  static const std::vector<PageMetric> metrics = {
      {"final_test_accuracy", ArmValue<Metric::kFinalTestAccuracy>},
      {"final_test_loss", ArmValue<Metric::kFinalTestLoss>},
      {"maximum_test_accuracy", ArmValue<Metric::kMaximumTestAccuracy>},
      {"best_epoch_test_accuracy", ArmValue<Metric::kBestEpochTestAccuracy>},
      {"final_train_accuracy", ArmValue<Metric::kFinalTrainAccuracy>},
      {"clean_train_accuracy", Clean},
      {"gap",
       [](const ArmRecord& arm) { return Clean(arm) - Value(arm, Metric::kFinalTestAccuracy); }},
      {"batch_statistics_test_accuracy",
       [](const ArmRecord& arm) {
         return arm.last ? arm.last->batch_statistics_test_accuracy.value_or(kNone) : kNone;
       }},
      {"seconds_per_epoch", ArmValue<Metric::kSecondsPerEpoch>},
      {"seconds", [](const ArmRecord& arm) { return arm.seconds; }},
  };
  return metrics;
}

PageJson ArmJson(const ArmRecord& arm, std::size_t model, std::size_t metrics_step,
                 std::size_t layers_step) {
  PageJson values = PageJson::object(), settings = PageJson::object();
  for (const PageMetric& metric : PageMetrics())
    values[metric.name] = PageNumber(metric.value(arm));
  for (const auto& [key, value] : arm.settings) settings[PlainLine(key)] = PlainLine(value);
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
  if (!arm.statistics.empty()) json["statistics"] = ArmStatisticsJson(arm, metrics_step);
  if (arm.conditions) json["conditions"] = ConditionsJson(*arm.conditions);
  return json;
}

}  // namespace normlab
