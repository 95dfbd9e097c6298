// Whether the machine was quiet enough for the figures to mean something.
#pragma once

#include <string>
#include <vector>

#include "measure/bench_report.h"

namespace normlab {

// What may be lost before the figures are called noisy: cores to other programs before the start,
// and of the FMA peak from the best round to the worst.
inline constexpr double kOthersLoad = 0.5;
inline constexpr double kPeakSpread = 0.10;

std::vector<std::string> NoiseWarnings(const BenchReport& report);  // empty: quiet

}  // namespace normlab
