// A worked example for programs: every array in full precision (docs/explain.md has every field).
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "explain/worked_example.h"

namespace normlab {

// Its `inputs` can be read again (explain/values_file.h).
nlohmann::ordered_json ExampleJson(const WorkedExample& example);

// One key of the outermost object a line, and a line end.
std::string JsonDocument(const nlohmann::ordered_json& json);

}  // namespace normlab
