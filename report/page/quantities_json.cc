#include "report/page/quantities_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "records/learned_table.h"
#include "records/training_tables.h"
#include "report/summary/quantities.h"
#include "report/summary/statistics_quantities.h"

namespace normlab {
namespace {

PageJson Entry(std::string_view name, std::string_view title, int decimals,
               std::string_view note = "") {
  return {{"name", name}, {"title", title}, {"decimals", decimals}, {"note", note}};
}

std::string Title(const QuantityWords& words) {
  return words.unit.empty() ? std::string(words.words)
                            : fmt::format("{} ({})", words.words, words.unit);
}

PageJson ResultsJson() {
  PageJson list = PageJson::array();
  for (const Quantity& each : Quantities()) {
    list.push_back(Entry(each.name, Title(each), each.decimals, each.note));
  }
  return list;
}

PageJson StatisticsJson() {
  PageJson list = PageJson::array();
  for (const StatisticsQuantity& each : StatisticsQuantities()) {
    list.push_back(Entry(each.name, Title(each), each.decimals, each.note));
  }
  for (const StatisticsQuantity& each : StatisticsQuantities()) {
    if (each.difference_name.empty()) continue;
    list.push_back(Entry(each.difference_name,
                         fmt::format("{} less running shared (points)", each.difference_title),
                         each.decimals));
  }
  return list;
}

// Those named come first; what has no title is no curve.
template <class Row>
PageJson CurvesJson(const RecordTable<Row>& table, const std::vector<std::string>& first) {
  std::vector<RecordColumn<Row>> columns = table.columns();
  std::erase_if(columns, [](const auto& column) { return column.title.empty(); });
  std::ranges::stable_sort(columns, {}, [&](const auto& column) {
    return std::ranges::find(first, column.name) - first.begin();
  });
  PageJson list = PageJson::array();
  for (const auto& column : columns)
    list.push_back(Entry(column.name, column.title, column.decimals));
  return list;
}

}  // namespace

PageJson QuantitiesJson() {
  return {{"results", ResultsJson()},
          {"curves", CurvesJson(MetricsTable({.validation = true, .views = true}),
                                {"test_accuracy", "test_loss", "train_accuracy", "train_loss",
                                 "validation_accuracy", "validation_loss"})},
          {"layers", CurvesJson(LayersTable(), {"deviation_before", "deviation_after"})},
          {"learned", CurvesJson(LearnedTable(), {})},
          {"statistics", StatisticsJson()}};
}

}  // namespace normlab
