// What L1 and L2 did, within one normalization and paired by seed.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/findings/answer.h"

namespace normlab {

// Against the same normalization without penalties: the mean change of the final test accuracy and,
// where recorded, of the clean train accuracy and of the gap between the two, with its 95 % t
// interval. "Raised", "lowered", "widened" and "narrowed" are said only where Holm's adjusted
// p-value over the whole family is at most 0.05: "penalties within one normalization" has all these
// changes; "main effects of l1 and l2" those of complete grids, each penalty averaged over the
// other. Below three seeds the changes are told and none is tested. Plain text; empty where no
// training differs from another in l1 and l2 alone.
std::vector<std::string> PenaltyFindings(const RunRecord& run, int test_images);

// How many penalties changed what; the changes of every penalized model, those that are shown
// first.
Answer PenaltyAnswer(const RunRecord& run, int test_images);

}  // namespace normlab
