// `normlab report --html`: one page on one run or several.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"

namespace normlab {

// Throws UsageError, before anything is read, where this build has no page.
void NeedPage();

// Writes report.html into `folder`, which is made when missing, and returns its path. Where a data
// set is not at hand, says so on stderr and writes the page without its pictures.
std::string WriteReportPage(const std::vector<RunRecord>& runs, const std::string& data_dir,
                            const std::string& folder);

// Where the page goes when --out is not said: a single run's own folder, else the current one.
std::string PageFolder(const std::vector<std::string>& folders);

}  // namespace normlab
