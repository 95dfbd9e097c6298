#include "report/page/statistics_json.h"

#include "norm/statistics_kind.h"

namespace normlab {
namespace {

PageJson ResultsJson(const ComparedModel& model, StatisticsKind kind) {
  PageJson results = PageJson::object();
  for (const StatisticsQuantity& each : StatisticsQuantities()) {
    results[std::string(each.name)] = PageSample(ValuesOf(model, kind, each));
    if (each.difference_name.empty() || kind == StatisticsKind::kShared) continue;
    results[std::string(each.difference_name)] =
        PageSample(DifferencesOf(model, kind, StatisticsKind::kShared, each));
  }
  return results;
}

}  // namespace

PageJson ArmStatisticsJson(const ArmRecord& arm, std::size_t step) {
  PageJson json = {{"epoch", PageJson::array()}, {"kinds", PageJson::array()}};
  for (const StatisticsKindNames& names : kStatisticsKinds) {
    const std::vector<StatisticsScore> rows = RowsOf(arm, names.kind);
    if (rows.empty()) continue;
    PageJson epochs = PageJson::array(), accuracy = PageJson::array(), loss = PageJson::array();
    for (const std::size_t e : KeptEpochs(rows.size(), step)) {
      epochs.push_back(rows[e].epoch);
      accuracy.push_back(PageNumber(rows[e].test_accuracy));
      loss.push_back(PageNumber(rows[e].test_loss));
    }
    json["epoch"] = std::move(epochs);
    json["kinds"].push_back({{"name", names.name},
                             {"words", names.words},
                             {"style", static_cast<int>(names.kind)},
                             {"test_accuracy", std::move(accuracy)},
                             {"test_loss", std::move(loss)}});
  }
  return json;
}

PageJson ModelStatisticsJson(const ComparedModel& model) {
  PageJson list = PageJson::array();
  for (const StatisticsKind kind : model.kinds) {
    list.push_back({{"name", NamesOf(kind).name},
                    {"words", NamesOf(kind).words},
                    {"results", ResultsJson(model, kind)}});
  }
  return list;
}

}  // namespace normlab
