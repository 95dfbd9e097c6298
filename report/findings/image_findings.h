// What the misses of all models together say of the images.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// The hardest classes, the pair of classes confused most, the images that every training misses and
// those that only one model misses (said only where the misses of all trainings are known). Models
// that never left chance are left out. Plain text, one finding each; empty without a finished arm.
std::vector<std::string> ImageFindings(const RunRecord& run, int test_images);

// The hardest class, what it is taken for, how many images all miss; the hardest classes.
Answer ImageAnswer(const RunRecord& run, int test_images);

}  // namespace normlab
