// What the seeds say of the models: every pair, tested as one family, in sentences.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// Mean of the final test accuracy with its 95 % t interval, best first; then a sentence for every
// pair of models over the seeds that both finished: "beats" only where Holm's adjusted p-value over
// all pairs is at most 0.05, "equivalent" only where that of the equivalence test is, else "not
// distinguishable" with the seeds that it would take. With fewer than three seeds in common nothing
// is said of the methods, and single networks are compared on the images (McNemar). Last, the
// trainings that are not counted. Models that never left chance are in the first sentence and in no
// comparison. Plain text, one finding each; empty where there are not two finished models.
std::vector<std::string> ModelFindings(const RunRecord& run, int test_images);

// Which is better, by how much, how sure; and every model against the best. Empty as above.
Answer ModelAnswer(const RunRecord& run, int test_images);

}  // namespace normlab
