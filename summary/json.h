// A summary for programs (docs/summary.md has every field).
#pragma once

#include <string>

#include "summary/summary.h"

namespace normlab {

// One JSON object and a line end. `version` is the program's.
std::string SummaryJson(const Summary& summary, const std::string& version);

}  // namespace normlab
