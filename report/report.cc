#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/owned_folder.h"
#include "base/text.h"
#include "report/figures/figure.h"
#include "report/figures/picture_text.h"
#include "report/figures/run_figures.h"
#include "report/readme/readme.h"
#include "report/sources/combined_run.h"
#include "report/sources/run_settings.h"
#include "report/summary/result_table.h"

namespace normlab {
namespace {

// All that the pictures may say and that is not normlab's own.
std::vector<std::string> WordsOfTheUser(const RunRecord& run, const ReportData& data) {
  std::vector<std::string> words = run.class_names;
  for (const ArmRecord& arm : run.arms) words.push_back(arm.label);
  words.push_back(RunSubject(run, data));
  return words;
}

// What an earlier normlab left, which kept no record of what it wrote: a README.md by its last
// line, and the figures beside such a one, or beside none in a run's folder.
OwnedFolder ReportFolder(const std::string& path) {
  const auto has_mark = [](std::string_view bytes) {
    return bytes.find(kReadmeMark) != std::string_view::npos;
  };
  std::error_code status;
  const std::string readme = path + "/README.md";
  const bool without_readme = !std::filesystem::exists(readme, status);
  const bool earlier = without_readme ? std::filesystem::exists(path + "/study.json", status)
                                      : std::filesystem::is_regular_file(readme, status) &&
                                            has_mark(ReadFile(readme));
  return OwnedFolder(path, [=](const std::string& name, std::string_view bytes) {
    return name.starts_with("figures/") ? earlier : has_mark(bytes);
  });
}

std::vector<std::string> KeptLines(const OwnedFolder& folder,
                                   const std::vector<std::string>& kept) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> lines;
  if (!folder.set_aside().empty()) {
    lines.push_back(fmt::format(
        "an earlier normlab kept no record of what it wrote: the files that differ are now in {}, "
        "should they have been edited",
        folder.set_aside()));
  }
  if (!kept.empty()) {
    const std::vector<std::string> named(
        kept.begin(),
        kept.begin() + std::ssize(kept) - std::max<std::ptrdiff_t>(0, std::ssize(kept) - kNamed));
    lines.push_back(fmt::format(
        "{}: kept as they are, changed since normlab wrote them or not its own: {}{}; to have them "
        "written, move or remove them and run normlab report",
        folder.path(), Join(named),
        kept.size() > kNamed ? fmt::format(" and {} more", kept.size() - kNamed) : ""));
  }
  return lines;
}

std::vector<Figure*> AllFigures(ReportFigures& figures) {
  std::vector<Figure*> all;
  for (std::vector<Figure>* list :
       {&figures.together, &figures.best, &figures.families, &figures.tangle, &figures.layers,
        &figures.models, &figures.statistics, &figures.galleries, &figures.samples}) {
    for (Figure& figure : *list) all.push_back(&figure);
  }
  for (LearnedFigures& learned : figures.learned) {
    for (Figure& figure : learned.first) all.push_back(&figure);
    for (Figure& figure : learned.rest) all.push_back(&figure);
  }
  return all;
}

std::vector<std::string> Write(const RunRecord& run, const std::vector<RunRecord>& sources,
                               const ReportData& data, UsersReadme readme) {
  if (data.dataset != nullptr) CheckDataset(run, *data.dataset);
  OwnedFolder folder = ReportFolder(run.path);
  if (readme == UsersReadme::kRefused) folder.Check("README.md");
  ReportFigures figures = MakeRunFigures(run, data, RunSubject(run, data));
  DrawnFigures drawn = DrawFigures(folder, AllFigures(figures));
  std::vector<std::string> warnings = std::move(drawn.complaints);
  const std::string advice = FontAdvice(WordsOfTheUser(run, data));
  if (!advice.empty()) warnings.push_back(advice);
  const std::vector<std::string> kept =
      folder.WriteWhatIsOurs({{"README.md", RunReadme(run, sources, data, figures, warnings)},
                              {"results.csv", ResultsCsv().Text(run.arms)}});
  drawn.kept.insert(drawn.kept.begin(), kept.begin(), kept.end());
  for (std::string& line : KeptLines(folder, drawn.kept)) warnings.push_back(std::move(line));
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
  if (std::filesystem::exists(folder + "/study.json", status)) {
    throw UsageError(fmt::format(
        "--out {}: expected a new or empty folder, or one with a report, found another run's; name "
        "another folder",
        folder));
  }
}

}  // namespace

std::vector<std::string> WriteReport(const RunRecord& run, const ReportData& data,
                                     UsersReadme readme) {
  return Write(run, {run}, data, readme);
}

std::vector<std::string> WriteReport(const RunRecord& run, const Dataset& dataset,
                                     const Augmentation* augmentation) {
  return WriteReport(run, ReportData{&dataset, "", augmentation}, UsersReadme::kKept);
}

std::vector<std::string> WriteReportOver(const std::vector<RunRecord>& runs,
                                         const std::vector<std::string>& unread,
                                         const ReportData& data, const std::string& folder) {
  CheckTarget(runs, folder);
  ReportFolder(folder).Check("README.md");
  MakeFolder(folder);
  RunRecord all = CombineRuns(runs, folder);
  all.missing.insert(all.missing.end(), unread.begin(), unread.end());
  return Write(all, runs, data, UsersReadme::kRefused);
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
