#include "report/sources/combined_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.h"
#include "base/escape.h"
#include "base/text.h"
#include "report/sources/run_settings.h"

namespace normlab {
namespace {

std::string FolderName(const std::string& path) {
  const auto whole = std::filesystem::path(path).lexically_normal();
  const auto name = whole.has_filename() ? whole.filename() : whole.parent_path().filename();
  return name.string();
}

void CheckSameData(const RunRecord& first, const RunRecord& other) {
  if (first.dataset != other.dataset) {
    throw DataError(fmt::format(
        "{}/study.json: dataset: expected {}, as in {}, found {}; one report compares models on "
        "the same test images: write one for each data set",
        other.path, PlainLine(first.dataset), first.path, PlainLine(other.dataset)));
  }
  if (first.class_names != other.class_names) {
    throw DataError(fmt::format(
        "{}/study.json: class_names: expected those of {}, found others; one report compares "
        "models on the same test images",
        other.path, first.path));
  }
}

bool SameLimits(const Limits& a, const Limits& b) {
  return a.parameters == b.parameters && a.epochs == b.epochs && a.accuracy == b.accuracy;
}

// How many runs have each label.
std::map<std::string, int> LabelCounts(const std::vector<RunRecord>& runs) {
  std::map<std::string, int> counts;
  for (const RunRecord& run : runs) {
    std::set<std::string> labels;
    for (const ArmRecord& arm : run.arms) labels.insert(arm.label);
    for (const std::string& label : labels) ++counts[label];
  }
  return counts;
}

}  // namespace

std::vector<std::string> RunNames(const std::vector<RunRecord>& runs) {
  std::map<std::string, int> recipes;
  for (const RunRecord& run : runs) ++recipes[run.recipe];
  std::vector<std::string> names;
  std::set<std::string> used;
  for (const RunRecord& run : runs) {
    const std::string wanted = recipes[run.recipe] == 1 ? run.recipe : FolderName(run.path);
    std::string name = wanted;
    for (int i = 2; !used.insert(name).second; ++i) name = fmt::format("{} {}", wanted, i);
    names.push_back(name);
  }
  return names;
}

std::string RelativePath(const std::string& path, const std::string& folder) {
  std::error_code status;
  const auto relative = std::filesystem::relative(path, folder, status);
  return status || relative.empty() ? path : relative.string();
}

RunRecord CombineRuns(const std::vector<RunRecord>& runs, const std::string& folder) {
  const std::vector<std::string> names = RunNames(runs);
  const std::map<std::string, int> labels = LabelCounts(runs);
  RunRecord all = runs.front();
  all.path = folder;
  all.arms.clear();
  all.missing.clear();
  all.recipe = Join(names);
  all.recipe_text.clear();
  all.environment_json.clear();
  all.started.clear();
  all.finished.clear();
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const RunRecord& run = runs[r];
    CheckSameData(runs.front(), run);
    if (!SameLimits(all.limits, run.limits)) all.limits = {};
    all.best_on_validation = all.best_on_validation && run.best_on_validation;
    const auto settings = ArmSettings(run);
    for (std::size_t i = 0; i < run.arms.size(); ++i) {
      ArmRecord arm = run.arms[i];
      arm.settings = settings[i];
      arm.folder = RelativePath(run.path + "/" + arm.folder, folder);
      if (labels.at(arm.label) > 1) arm.label += fmt::format(" [{}]", names[r]);
      all.arms.push_back(std::move(arm));
    }
    for (const std::string& line : run.missing) {
      all.missing.push_back(runs.size() == 1 ? line : fmt::format("{}: {}", names[r], line));
    }
  }
  return all;
}

}  // namespace normlab
