// Models that never left chance: they finished, and learned nothing.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// A sentence for each model of which finished trainings were at no epoch above HighestByChance.
std::vector<std::string> ChanceFindings(const RunRecord& run, int test_images);

// Who they are; without a table.
Answer ChanceAnswer(const RunRecord& run, int test_images);

}  // namespace normlab
