// What the seeds say of the models: every pair, tested as one family, in sentences.
#pragma once

#include <string>
#include <vector>

#include "report/run_folder.h"

namespace normlab {

// Mean of the final test accuracy with its 95 % t interval, best first; then a sentence for every
// pair of models over the seeds that both finished. "Beats" is said only where Holm's adjusted
// p-value over all pairs is at most 0.05; with fewer than three seeds in common nothing is said of
// the methods, and single networks are compared on the images (McNemar). Plain text, one finding
// each; empty where there are not two finished models.
std::vector<std::string> ModelFindings(const RunRecord& run, int test_images);

}  // namespace normlab
