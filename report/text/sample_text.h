// Numbers and samples of them in tables.
#pragma once

#include <string>

#include "statistics/sample.h"

namespace normlab {

// "-" where it is no number.
std::string DecimalText(double value, int decimals);
// "75.69 ± 1.72", or the value alone where n = 1, or "-".
std::string MeanText(const SampleSummary& sample, int decimals);
// "[73.91, 77.47]"; "-" where n < 2.
std::string IntervalText(const SampleSummary& sample, int decimals);

}  // namespace normlab
