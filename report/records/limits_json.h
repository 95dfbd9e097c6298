// [limits] of a recipe as study.json and the page hold them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "report/records/run_folder.h"

namespace normlab {

nlohmann::ordered_json LimitsJson(const Limits& limits);

// Throws DataError naming `path` and the field that does not fit.
Limits ReadLimits(const nlohmann::json& object, const std::string& path);

}  // namespace normlab
