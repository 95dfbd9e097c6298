// One's own models among those that the repository keeps of the study `zoo`.
#pragma once

#include <string>
#include <vector>

#include "report/readme/context.h"
#include "report/sources/stored_results.h"

namespace normlab {

// A table of all by their mean, this run's models among them; what was trained under other settings
// than the shipped recipe's; of each of this run's models what three seeds or more can tell of it
// beside every stored one, Holm over these. Empty where nothing is stored.
std::string StoredTable(const ReadmeContext& context, const std::vector<StoredMethod>& stored);

}  // namespace normlab
