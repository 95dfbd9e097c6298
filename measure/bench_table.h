// A bench report for people (docs/bench.md has every column).
#pragma once

#include <string>

#include "measure/bench_report.h"

namespace normlab {

std::string BenchTable(const BenchReport& report);

}  // namespace normlab
