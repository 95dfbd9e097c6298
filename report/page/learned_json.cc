#include "report/page/learned_json.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/escape.h"
#include "records/learned_table.h"

namespace normlab {
namespace {

// The place of each epoch that is kept.
std::map<int, std::size_t> KeptPlaces(const ArmRecord& arm, std::size_t step) {
  std::vector<int> all;
  for (const LearnedValue& row : arm.learned) {
    if (all.empty() || all.back() != row.epoch) all.push_back(row.epoch);
  }
  std::map<int, std::size_t> places;
  for (const std::size_t e : KeptEpochs(all.size(), step)) places.emplace(all[e], places.size());
  return places;
}

PageJson WithoutNumbers(const LearnedValue& row, std::size_t epochs) {
  PageJson json = {{"layer", PlainLine(row.layer)},
                   {"part", PlainLine(row.part)},
                   {"name", PlainLine(row.name)},
                   {"kind", row.is_statement ? "statement" : "learned"},
                   {"count", row.count}};
  for (const auto& column : LearnedColumns()) {
    if (row.count > 1 || column.real == &LearnedValue::mean) {
      json[column.name] = PageJson(epochs, nullptr);
    }
  }
  return json;
}

}  // namespace

const std::vector<RecordColumn<LearnedValue>>& LearnedColumns() {
  static const auto columns = [] {
    std::vector<RecordColumn<LearnedValue>> real = LearnedTable().columns();
    std::erase_if(real, [](const auto& column) { return column.real == nullptr; });
    return real;
  }();
  return columns;
}

PageJson ArmLearnedJson(const ArmRecord& arm, std::size_t step) {
  const std::map<int, std::size_t> epochs = KeptPlaces(arm, step);
  PageJson json = {{"epoch", PageJson::array()}, {"values", PageJson::array()}};
  for (const auto& [epoch, place] : epochs) json["epoch"].push_back(epoch);
  std::map<std::tuple<std::string, std::string, std::string, bool>, std::size_t> places;
  for (const LearnedValue& row : arm.learned) {
    const auto epoch = epochs.find(row.epoch);
    if (epoch == epochs.end()) continue;
    const auto [place, is_new] =
        places.try_emplace({row.layer, row.part, row.name, row.is_statement}, places.size());
    if (is_new) json["values"].push_back(WithoutNumbers(row, epochs.size()));
    PageJson& value = json["values"][place->second];
    for (const auto& column : LearnedColumns()) {
      if (value.contains(column.name)) {
        value[column.name][epoch->second] = PageNumber(row.*column.real);
      }
    }
  }
  return json;
}

}  // namespace normlab
