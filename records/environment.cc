#include "records/environment.h"

namespace normlab {

using Json = nlohmann::ordered_json;

Json EnvironmentOf(const RunRecord& run) {
  Json environment = Json::parse(run.environment_json, nullptr, false);
  return environment.is_object() ? environment : Json::object();
}

std::string EnvironmentWord(const Json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

}  // namespace normlab
