#include "report/records/limits_json.h"

#include <limits>

#include "report/records/json_fields.h"

namespace normlab {

nlohmann::ordered_json LimitsJson(const Limits& limits) {
  auto json = nlohmann::ordered_json::object();
  if (limits.parameters) json["parameters"] = *limits.parameters;
  if (limits.epochs) json["epochs"] = *limits.epochs;
  if (limits.accuracy) json["accuracy"] = *limits.accuracy;
  return json;
}

Limits ReadLimits(const nlohmann::json& object, const std::string& path) {
  const JsonFields fields(object, path, "limits.");
  Limits limits;
  if (fields.Has("parameters")) {
    limits.parameters = fields.Whole("parameters", std::numeric_limits<std::uint64_t>::max());
  }
  if (fields.Has("epochs")) {
    limits.epochs = static_cast<int>(fields.Whole("epochs", std::numeric_limits<int>::max()));
  }
  limits.accuracy = fields.OptionalNumber("accuracy");
  return limits;
}

}  // namespace normlab
