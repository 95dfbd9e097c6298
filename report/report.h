// The report of a run, or of several together: README.md and figures/, from what lies on disk.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/sources/report_data.h"

namespace normlab {

// A README.md that is the user's (base/owned_folder.h): refused before anything is written, or kept
// with a warning, where a finished run has to end.
enum class UsersReadme { kRefused, kKept };

// Writes figures/*.svg and *.png (each with the script and the data that draw it again) and
// README.md into run.path. Returns what could not be drawn or was kept as the user's, one clear
// line each (gnuplot missing, for one): the README is written nevertheless and says what is not
// drawn. Throws UsageError where README.md is the user's, RunError when the folder cannot be
// written (what lay there stays), DataError when the run does not belong to the data set.
std::vector<std::string> WriteReport(const RunRecord& run, const ReportData& data,
                                     UsersReadme readme = UsersReadme::kRefused);
std::vector<std::string> WriteReport(const RunRecord& run, const Dataset& dataset,
                                     const Augmentation* augmentation);

// One report on several runs of one data set, in `folder`, which is made when missing. Throws
// UsageError where the folder is one of the runs or its README.md is the user's, DataError
// where the runs' data sets differ; else as above. `unread`: folders that could not be read, a line
// each, for the section of what is missing.
std::vector<std::string> WriteReportOver(const std::vector<RunRecord>& runs,
                                         const std::vector<std::string>& unread,
                                         const ReportData& data, const std::string& folder);

// What all trainings of the runs are augmented with, written out; empty where they differ or it is
// not known.
std::string SharedAugmentation(const std::vector<RunRecord>& runs);

}  // namespace normlab
