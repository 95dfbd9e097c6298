// A comparison as one JSON document: docs/compare.md has its fields.
#include <nlohmann/json.hpp>

#include "report/comparison/comparison.h"
#include "report/summary/summary.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

Json RunJson(const RunRecord& run) {
  Json json = {{"folder", run.path}, {"recipe", run.recipe}, {"arms", run.arms.size()}};
  json["started"] = run.started.empty() ? Json() : Json(run.started);
  json["missing"] = run.missing;
  return json;
}

Json DifferencesJson(const std::vector<SettingDifference>& differences) {
  Json list = Json::array();
  for (const SettingDifference& each : differences) {
    list.push_back({{"name", each.key},
                    {"first", each.first.empty() ? Json() : Json(each.first)},
                    {"second", each.second.empty() ? Json() : Json(each.second)}});
  }
  return list;
}

Json ConditionsJson(const ConditionDifferences& conditions) {
  Json json = {{"pairs", conditions.pairs}, {"recorded", conditions.recorded}};
  Json list = Json::array();
  for (const ConditionDifference& each : conditions.all) {
    list.push_back({{"name", each.name}, {"different", each.different}});
  }
  json["conditions"] = conditions.recorded > 0 ? std::move(list) : Json::array();
  return json;
}

const char* Word(const ModelComparison& each) {
  if (!each.test) return each.difference.n == 0 ? "no common seed" : "too few seeds";
  if (each.test->verdict != Verdict::kBeats) return "not distinguishable";
  return each.difference.mean > 0 ? "second beats first" : "first beats second";
}

Json ModelJson(const ModelComparison& each) {
  Json json = {{"first", each.models.first},
               {"second", each.models.second},
               {"seeds", each.models.seeds},
               {"verdict", Word(each)}};
  if (each.difference.n == 0) return json;
  json["first_mean"] = each.first_accuracy.mean;
  json["second_mean"] = each.second_accuracy.mean;
  json["difference"] = each.difference.mean;
  if (!each.test) return json;
  const PairedTest& test = each.test->test;
  json["deviation"] = each.difference.deviation;
  json["interval"] = {test.interval.low, test.interval.high};
  json["p"] = test.p;
  json["adjusted_p"] = each.test->adjusted_p;
  const int seeds = *each.seeds_to_resolve;
  json["seeds_to_resolve"] = seeds > kMostPairs ? Json() : Json(seeds);
  return json;
}

Json NetworkJson(const NetworkComparison& each) {
  Json json = {{"first", each.first}, {"second", each.second}, {"seed", each.seed}};
  json["problem"] = each.problem.empty() ? Json() : Json(each.problem);
  if (!each.problem.empty()) return json;
  json["only_first_right"] = each.test.only_first;
  json["only_second_right"] = each.test.only_second;
  json["p"] = each.test.p;
  json["adjusted_p"] = each.adjusted_p;
  return json;
}

}  // namespace

std::string ComparisonJson(const RunRecord& first, const RunRecord& second,
                           const RunComparison& comparison) {
  Json document = {{"schema", 1}, {"command", "compare"}, {"dataset", first.dataset}};
  document["test_images"] = comparison.test_images > 0 ? Json(comparison.test_images) : Json();
  document["first"] = RunJson(first);
  document["second"] = RunJson(second);
  document["settings"] =
      comparison.settings.settings_known ? DifferencesJson(comparison.settings.keys) : Json();
  document["environment"] = DifferencesJson(comparison.environments);
  document["conditions"] = ConditionsJson(comparison.conditions);
  document["models"] = Json::array();
  for (const ModelComparison& each : comparison.models) {
    document["models"].push_back(ModelJson(each));
  }
  document["networks"] = Json::array();
  for (const NetworkComparison& each : comparison.networks) {
    document["networks"].push_back(NetworkJson(each));
  }
  document["only_first"] = comparison.only_first;
  document["only_second"] = comparison.only_second;
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace normlab
