#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "report/figures/figure.h"
#include "report/figures/run_figures.h"
#include "report/readme/readme.h"
#include "report/records/combined_run.h"
#include "report/records/run_settings.h"

namespace normlab {
namespace {

std::vector<std::string> Write(const RunRecord& run, const std::vector<RunRecord>& sources,
                               const ReportData& data) {
  if (data.dataset != nullptr) CheckDataset(run, *data.dataset);
  ReportFigures figures = MakeRunFigures(run, data, RunSubject(run, data));
  std::vector<Figure*> all;
  for (std::vector<Figure>* list :
       {&figures.together, &figures.best, &figures.families, &figures.tangle, &figures.layers,
        &figures.models, &figures.statistics, &figures.galleries, &figures.samples}) {
    for (Figure& figure : *list) all.push_back(&figure);
  }
  const std::vector<std::string> warnings = DrawFigures(run.path + "/figures", all);
  WriteFile(run.path + "/README.md", RunReadme(run, sources, data, figures, warnings));
  return warnings;
}

// A folder of another kind is left alone: its README.md would be lost.
void CheckTarget(const std::vector<RunRecord>& runs, const std::string& folder) {
  std::error_code status;
  for (const RunRecord& run : runs) {
    if (std::filesystem::equivalent(run.path, folder, status)) {
      throw UsageError(fmt::format(
          "--out {}: expected another folder than those of the runs, found one of them; without "
          "--out each run's own report is written",
          folder));
    }
  }
  const std::string readme = folder + "/README.md";
  if (std::filesystem::exists(folder + "/study.json", status) ||
      (std::filesystem::exists(readme, status) &&
       ReadFile(readme).find(kReadmeMark) == std::string::npos)) {
    throw UsageError(fmt::format(
        "--out {}: expected a new or empty folder, or one with a report, found one with other "
        "files; name another folder",
        folder));
  }
}

}  // namespace

std::vector<std::string> WriteReport(const RunRecord& run, const ReportData& data) {
  return Write(run, {run}, data);
}

std::vector<std::string> WriteReport(const RunRecord& run, const Dataset& dataset,
                                     const Augmentation* augmentation) {
  return WriteReport(run, ReportData{&dataset, "", augmentation});
}

std::vector<std::string> WriteReportOver(const std::vector<RunRecord>& runs,
                                         const std::vector<std::string>& unread,
                                         const ReportData& data, const std::string& folder) {
  CheckTarget(runs, folder);
  std::error_code status;
  std::filesystem::create_directories(folder, status);
  if (status) {
    throw RunError(fmt::format("cannot make the folder {}: {}", folder, status.message()));
  }
  RunRecord all = CombineRuns(runs, folder);
  all.missing.insert(all.missing.end(), unread.begin(), unread.end());
  return Write(all, runs, data);
}

std::string SharedAugmentation(const std::vector<RunRecord>& runs) {
  std::optional<std::string> shared;
  for (const RunRecord& run : runs) {
    for (const auto& settings : ArmSettings(run)) {
      const auto found = settings.find("augment");
      const std::string text = found == settings.end() ? "" : found->second;
      if (shared && *shared != text) return "";
      shared = text;
    }
  }
  return shared.value_or("");
}

}  // namespace normlab
