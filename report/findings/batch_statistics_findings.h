// The same trained networks, with running statistics and with those of each test batch.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// Of every model with running statistics: the final test accuracy with each test batch's own
// statistics minus that with the running ones, paired by seed, as the family "batch against running
// statistics". Below three seeds the accuracies are told as recorded and nothing is tested. Plain
// text; empty where no evaluation with batch statistics is recorded.
std::vector<std::string> BatchStatisticsFindings(const RunRecord& run, int test_images);

// Whether a test batch's own statistics are better or worse; both accuracies of every model.
Answer BatchStatisticsAnswer(const RunRecord& run, int test_images);

}  // namespace normlab
