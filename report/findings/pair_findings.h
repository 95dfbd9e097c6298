// Every pair of models, judged as the family "pairs of models", in sentences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "statistics/compare.h"

namespace normlab {

// Requires at least two samples, all with one value for each of `seeds`, at least kFewestForTest.
// Where there are more than kMostTestsInWords pairs, what a model beats, and what it is equivalent
// to, is one sentence, and the pairs of which nothing was found are counted.
std::vector<std::string> PairFindings(const std::vector<NamedSample>& samples,
                                      const std::vector<std::uint64_t>& seeds,
                                      const FamilyOptions& options);

}  // namespace normlab
