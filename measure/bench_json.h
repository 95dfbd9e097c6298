// A bench report for programs (docs/bench.md has every field).
#pragma once

#include <string>

#include "measure/bench_report.h"

namespace normlab {

// One JSON object and a line end. `version` is the program's.
std::string BenchJson(const BenchReport& report, const std::string& version);

}  // namespace normlab
