// Nested JSON arrays of numbers to extents and row-major values.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "explain/values_file.h"

namespace normlab {

// Throws DataError "<where>[i][j]: ..." for text, null, an infinite number, an empty array, rows of
// different length, another depth than `rank`, or more than `most` values. `where` is the file and
// the key.
NestedValues ReadNestedValues(const nlohmann::json& json, const std::string& where,
                              std::size_t rank, std::size_t most);

// Throws DataError.
double ReadNumber(const nlohmann::json& json, const std::string& where);

}  // namespace normlab
