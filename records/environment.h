// environment.json of a run: what it says of the program and the machine.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "records/run_folder.h"

namespace normlab {

// In the file's order; an empty object where the file is missing or broken.
nlohmann::ordered_json EnvironmentOf(const RunRecord& run);

// Empty where it is no word.
std::string EnvironmentWord(const nlohmann::ordered_json& object, const char* key);

}  // namespace normlab
