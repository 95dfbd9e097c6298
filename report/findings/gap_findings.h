// How much better the trained networks know training images than test images.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// Of every model the train-test gap, clean train accuracy minus final test accuracy, mean with its
// 95 % t interval; what the clean accuracy is; and which gaps differ, as the family "pairs of
// train-test gaps" over the seeds that all these models have. Models that never left chance are
// left out. Plain text; empty where no clean train accuracy is recorded.
std::vector<std::string> GapFindings(const RunRecord& run, int test_images);

// Which gap is widest and whether that is shown; train, test and gap of every model.
Answer GapAnswer(const RunRecord& run, int test_images);

}  // namespace normlab
