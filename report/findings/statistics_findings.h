// The same trained weights under each kind of statistics, tested.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// Of every model that was tested with several kinds of statistics, on the mean test accuracy of the
// last five epochs and paired by seed: running per application against running shared, re-estimated
// per application against running per application, re-estimated shared against running shared, and
// each test batch's own against running shared. All of them are the family "statistics of the same
// weights": "is better than" and "is worse than" only where Holm's adjusted p-value is at most
// 0.05, "equivalent" only where that of the equivalence test is (EquivalenceMargin), else "not
// distinguishable". Below three seeds the differences are told and nothing is tested. A sentence
// for each model; of more than kMostTestsInWords models those of which anything was found. Plain
// text; empty where nothing was compared.
std::vector<std::string> StatisticsFindings(const RunRecord& run, int test_images);

// Which statistics are better, or that none is shown to be; the pairs of every model.
Answer StatisticsAnswer(const RunRecord& run, int test_images);

}  // namespace normlab
