#include "study/study_index.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/text_file.h"
#include "report/records/limits_json.h"
#include "study/environment.h"

namespace normlab {
namespace {

using Json = nlohmann::ordered_json;

std::string IndexPath(const std::string& folder) { return folder + "/study.json"; }

Json ToJson(const ArmEntry& arm) {
  return {{"folder", arm.folder},
          {"label", arm.label},
          {"norm", arm.norm},
          {"seed", arm.seed},
          {"state", arm.state},
          {"message", arm.message},
          {"best_epoch", arm.best_epoch},
          {"seconds", arm.seconds}};
}

ArmEntry ArmFromJson(const Json& json) {
  return {json.at("folder"), json.at("label"),   json.at("norm"),       json.at("seed"),
          json.at("state"),  json.at("message"), json.at("best_epoch"), json.at("seconds")};
}

}  // namespace

StudyIndex MakeStudyIndex(const StudyPlan& plan, const std::string& hash,
                          const std::vector<std::string>& class_names) {
  StudyIndex index;
  index.configuration = hash;
  index.recipe = plan.recipe;
  index.dataset = plan.arms.front().config.dataset;
  index.class_names = class_names;
  index.limits = plan.limits;
  index.best_on = plan.arms.front().config.validation > 0 ? "validation" : "test";
  for (const Arm& arm : plan.arms) {
    ArmEntry entry;
    entry.folder = arm.folder;
    entry.label = arm.label;
    entry.norm = arm.config.norm;
    entry.seed = arm.config.seed;
    index.arms.push_back(entry);
  }
  index.started = UtcTime();
  return index;
}

void WriteStudyIndex(const std::string& folder, const StudyIndex& index) {
  Json arms = Json::array();
  for (const ArmEntry& arm : index.arms) arms.push_back(ToJson(arm));
  const Json json = {{"schema", 1},
                     {"recipe", index.recipe},
                     {"configuration", index.configuration},
                     {"dataset", index.dataset},
                     {"class_names", index.class_names},
                     {"best_on", index.best_on},
                     {"limits", LimitsJson(index.limits)},
                     {"arms", arms},
                     {"started", index.started},
                     {"finished", index.finished}};
  WriteFile(IndexPath(folder), json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

StudyIndex ReadStudyIndex(const std::string& folder) {
  const std::string path = IndexPath(folder);
  try {
    const Json json = Json::parse(ReadTextFile(path));
    if (json.at("schema") != 1) {
      throw DataError(fmt::format("{}: expected schema 1, found {}", path, json["schema"].dump()));
    }
    StudyIndex index;
    index.configuration = json.at("configuration");
    index.recipe = json.at("recipe");
    index.dataset = json.at("dataset");
    index.class_names = json.at("class_names").get<std::vector<std::string>>();
    index.best_on = json.at("best_on");
    if (json.contains("limits")) index.limits = ReadLimits(json["limits"], path);
    for (const Json& arm : json.at("arms")) index.arms.push_back(ArmFromJson(arm));
    index.started = json.at("started");
    index.finished = json.at("finished");
    return index;
  } catch (const Json::exception& error) {
    throw DataError(fmt::format("{}: expected a study's index, found: {}", path, error.what()));
  }
}

}  // namespace normlab
