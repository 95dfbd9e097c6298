// What the misses of all models together say of the images.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

// The hardest classes, the pair of classes confused most, the images that every training misses and
// those that only one model misses (said only where the misses of all trainings are known). Plain
// text, one finding each; empty without a finished arm.
std::vector<std::string> ImageFindings(const RunRecord& run);

}  // namespace normlab
