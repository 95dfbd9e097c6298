// Several run folders as if they were one run.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

// All arms of all runs, each with its settings. Labels that several runs have get their run's name
// behind them (the recipe's, or the folder's where those are equal). `folder` is where the report
// lies: the arms' folders are written as seen from there. Limits and the choice of best epochs are
// kept where all runs agree. Requires at least one run. Throws DataError where the runs are not of
// one data set, whose test images alone can be compared.
RunRecord CombineRuns(const std::vector<RunRecord>& runs, const std::string& folder);

// How the runs are told apart, one name each.
std::vector<std::string> RunNames(const std::vector<RunRecord>& runs);

// `path` as seen from `folder`.
std::string RelativePath(const std::string& path, const std::string& folder);

}  // namespace normlab
