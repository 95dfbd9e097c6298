#include "report/run_list.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <tuple>

#include "base/error.h"
#include "base/printable.h"
#include "report/sources/run_settings.h"
#include "report/summary/quantities.h"
#include "report/summary/summary.h"

namespace normlab {
namespace {

namespace fs = std::filesystem;

int PlannedEpochs(const RunRecord& run) {
  int planned = 0;
  for (const auto& settings : ArmSettings(run)) {
    const auto epochs = settings.find("epochs");
    if (epochs == settings.end()) continue;
    int value = 0;
    const std::string& text = epochs->second;
    std::from_chars(text.data(), text.data() + text.size(), value);
    planned = std::max(planned, value);
  }
  return planned;
}

void FindBest(const RunRecord& run, RunLine& line) {
  for (const Model& model : GroupArms(run)) {
    std::vector<double> values;
    for (const ArmRecord* arm : FinishedArms(model)) {
      values.push_back(Value(*arm, "final_test_accuracy"));
    }
    const SampleSummary summary = SummarizeSample(values);
    if (summary.n == 0) continue;
    if (line.best_accuracy.n > 0 && !(summary.mean > line.best_accuracy.mean)) continue;
    line.best_model = model.label;
    line.best_accuracy = summary;
  }
}

void Describe(const RunRecord& run, RunLine& line) {
  line.recipe = run.recipe;
  line.dataset = run.dataset;
  line.started = run.started;
  line.missing = run.missing;
  line.arms = static_cast<int>(run.arms.size());
  for (std::size_t i = 0; i < run.arms.size(); ++i) {
    const ArmRecord& arm = run.arms[i];
    line.finished += arm.state == "finished";
    line.diverged += arm.state == "diverged";
    const int epochs = static_cast<int>(arm.metrics.size());
    line.first_epochs = i == 0 ? epochs : std::min(line.first_epochs, epochs);
    line.last_epochs = std::max(line.last_epochs, epochs);
  }
  line.planned_epochs = PlannedEpochs(run);
  FindBest(run, line);
}

// The folder stands beside it already.
std::string WithoutFolder(std::string problem, const std::string& folder) {
  const std::string prefix = folder + "/";
  if (problem.starts_with(prefix)) problem.erase(0, prefix.size());
  return problem;
}

RunLine LineOf(const std::string& folder) {
  RunLine line;
  line.folder = folder;
  std::error_code error;
  const bool has_index = fs::exists(folder + "/study.json", error);
  if (error) {
    line.problem = error.message();
  } else if (!has_index) {
    line.problem = "no run folder: it has no study.json";
  } else {
    // Whatever is wrong with one folder, the others are shown.
    try {
      Describe(ReadRunFolder(folder), line);
      line.done = fs::exists(folder + "/DONE", error) || fs::exists(folder + "/README.md", error);
    } catch (const std::exception& exception) {
      line = RunLine();
      line.folder = folder;
      line.problem = WithoutFolder(exception.what(), folder);
    }
  }
  return line;
}

[[noreturn]] void RefuseFolder(const std::string& folder, const std::string& reason) {
  throw DataError(Printable(folder, 4096) + ": " + reason +
                  "; expected a folder with run folders in it, such as the runs/ that normlab run "
                  "makes where it is called");
}

// What normlab report --out wrote over several runs, which is no run.
bool IsReport(const fs::path& folder) {
  std::error_code error;
  return !fs::exists(folder / "study.json", error) && fs::exists(folder / "results.csv", error) &&
         fs::exists(folder / "README.md", error);
}

std::vector<std::string> FoldersIn(const std::string& folder) {
  std::error_code error;
  const fs::directory_iterator entries(folder, error);
  if (error) RefuseFolder(folder, error.message());
  const bool here = folder == "." || folder == "./";
  std::vector<std::string> folders;
  for (const fs::directory_entry& entry : entries) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || !entry.is_directory(error) || IsReport(entry.path())) continue;
    if (fs::is_empty(entry.path(), error) && !error) continue;
    folders.push_back(here ? name : (fs::path(folder) / name).string());
  }
  return folders;
}

}  // namespace

std::vector<RunLine> ListRuns(const std::string& folder) {
  std::error_code error;
  if (fs::exists(folder + "/study.json", error)) return {LineOf(folder)};
  std::vector<RunLine> lines;
  for (const std::string& each : FoldersIn(folder)) lines.push_back(LineOf(each));
  std::ranges::sort(lines, [](const RunLine& a, const RunLine& b) {
    return std::tie(b.started, a.folder) < std::tie(a.started, b.folder);
  });
  return lines;
}

}  // namespace normlab
