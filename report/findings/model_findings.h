// What the seeds say of the models: every pair, tested as one family, in sentences.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

// Models whose accuracies differ by no more than this many percentage points are called
// equivalent. It depends on nothing but the data set, so that no result can choose it: 0.1 on
// MNIST, where 0.3 points would be half of all that a good network misses, 0.3 elsewhere.
double EquivalenceMargin(const std::string& dataset);

// Mean of the final test accuracy with its 95 % t interval, best first; then a sentence for every
// pair of models over the seeds that both finished: "beats" only where Holm's adjusted p-value over
// all pairs is at most 0.05, "equivalent" only where that of the equivalence test is, else "not
// distinguishable" with the seeds that it would take. With fewer than three seeds in common nothing
// is said of the methods, and single networks are compared on the images (McNemar). Last, the
// trainings that are not counted. Plain text, one finding each; empty where there are not two
// finished models.
std::vector<std::string> ModelFindings(const RunRecord& run, int test_images);

}  // namespace normlab
