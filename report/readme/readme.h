// README.md of a run, or of several runs together.
#pragma once

#include <string>
#include <vector>

#include "records/run_folder.h"
#include "report/figures/run_figures.h"
#include "report/sources/report_data.h"

namespace normlab {

// In every README that is written here: others are not overwritten.
inline constexpr char kReadmeMark[] = "<!-- written by normlab report -->";

// "Fashion-MNIST, mnist-8k": what the titles of figures say was trained.
std::string RunSubject(const RunRecord& run, const ReportData& data);

// `run` has the arms of all `sources`, and the README lies in run.path. `warnings`: what could not
// be drawn; said at the head of the graphs. Kept below the 512 KB that GitHub renders by showing
// less of the training logs.
std::string RunReadme(const RunRecord& run, const std::vector<RunRecord>& sources,
                      const ReportData& data, const ReportFigures& figures,
                      const std::vector<std::string>& warnings);

}  // namespace normlab
