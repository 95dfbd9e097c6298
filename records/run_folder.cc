#include "records/run_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"
#include "base/text_file.h"
#include "records/arm_facts.h"
#include "records/environment.h"
#include "records/learned_table.h"
#include "records/statistics_table.h"

namespace normlab {
namespace {

// The files of the arms, and what is missing of them.
class ArmFiles {
 public:
  ArmFiles(std::string run, const std::vector<std::string>& class_names, bool layers_are_kept)
      : run_(std::move(run)), class_names_(class_names), layers_are_kept_(layers_are_kept) {}

  void Read(ArmRecord& arm) {
    const bool finished = arm.state == "finished";
    Take(arm, "metrics.csv", finished, [&](const std::string& path) {
      arm.metrics = ReadMetrics(path);
      if (finished && arm.metrics.empty()) {
        throw DataError(
            fmt::format("{}: expected a line an epoch, found none; train this arm again", path));
      }
    });
    arm.errors_missing = !Take(arm, "errors.csv", finished, [&](const std::string& path) {
      arm.errors = ReadErrors(path, class_names_);
    });
    Take(arm, "arm.json", finished, [&](const std::string& path) {
      const ArmFacts facts = ReadArmFacts(path);
      arm.settings = {facts.settings.begin(), facts.settings.end()};
      arm.conditions = facts.conditions;
      arm.last = facts.last;
    });
    Take(arm, "layers.csv", finished && layers_are_kept_,
         [&](const std::string& path) { arm.layers = ReadLayers(path); });
    Take(arm, "learned.csv", false,
         [&](const std::string& path) { arm.learned = ReadLearned(path); });
    Take(arm, "statistics.csv", false, [&](const std::string& path) {
      arm.statistics = ReadStatistics(path, finished ? arm.metrics.size() : 0);
    });
    Take(arm, "clock.csv", false, [&](const std::string& path) {
      for (const ClockRecord& clock : ReadClock(path)) arm.splits[clock.epoch] = clock;
    });
    CheckBestEpoch(arm);
  }

  // A line a file that is nowhere, with the arms that lack it, then those that are broken.
  std::vector<std::string> missing() const {
    std::vector<std::string> lines;
    for (const auto& [file, arms] : absent_) {
      const bool many = arms.size() > kNamed;
      std::vector<std::string> named(arms.begin(), many ? arms.begin() + kNamed : arms.end());
      lines.push_back(fmt::format("{} is missing in {}{}", file, Join(named),
                                  many ? fmt::format(" and {} more", arms.size() - kNamed) : ""));
    }
    lines.insert(lines.end(), broken_.begin(), broken_.end());
    return lines;
  }

 private:
  static constexpr int kNamed = 3;

  template <typename ReadIt>
  bool Take(const ArmRecord& arm, const std::string& file, bool expected, const ReadIt& read) {
    const std::string path = fmt::format("{}/{}/{}", run_, arm.folder, file);
    if (!std::filesystem::exists(path)) {
      if (expected) absent_[file].push_back(arm.folder);
      return false;
    }
    try {
      read(path);
      return true;
    } catch (const DataError& error) {
      broken_.push_back(error.what());
      return false;
    }
  }

  void CheckBestEpoch(ArmRecord& arm) {
    if (static_cast<std::size_t>(arm.best_epoch) <= arm.metrics.size()) return;
    if (!arm.metrics.empty()) {
      broken_.push_back(
          fmt::format("{}/study.json: {}: best_epoch: expected one of the {} epochs, "
                      "found {}",
                      run_, arm.folder, arm.metrics.size(), arm.best_epoch));
    }
    arm.best_epoch = 0;
  }

  std::string run_;
  const std::vector<std::string>& class_names_;
  bool layers_are_kept_;
  std::map<std::string, std::vector<std::string>> absent_;
  std::vector<std::string> broken_;
};

std::string ReadOrMiss(const std::string& run, const std::string& file,
                       std::vector<std::string>& missing) {
  if (std::filesystem::exists(run + "/" + file)) return ReadTextFile(run + "/" + file);
  missing.push_back(file + " is missing");
  return {};
}

// Written empty by a program that was built outside of a checkout.
bool LacksRevision(const RunRecord& run) {
  const auto environment = EnvironmentOf(run);
  return environment.contains("revision") && environment["revision"] == "";
}

}  // namespace

RunRecord ReadRunFolder(const std::string& path) {
  const StudyIndex index = ReadStudyIndex(path);
  if (index.tuning) {
    throw DataError(
        fmt::format("{}: a tuning, no run: its trials never saw a test image; {}/README.md tells "
                    "what it found, "
                    "and {}/tuned.toml is a recipe of what won",
                    path, path, path));
  }
  RunRecord run;
  static_cast<StudyFacts&>(run) = index;
  run.path = path;
  run.recipe_text = ReadOrMiss(path, "recipe.toml", run.missing);
  run.environment_json = ReadOrMiss(path, "environment.json", run.missing);
  if (LacksRevision(run)) {
    run.missing.emplace_back(
        "environment.json names no revision: the program was built outside a git checkout, so what "
        "it was built from is not known");
  }
  ArmFiles files(path, run.class_names,
                 run.recipe_text.find("\nlayer_statistics = true") != std::string::npos);
  for (const ArmEntry& entry : index.arms) {
    ArmRecord& arm = run.arms.emplace_back();
    static_cast<ArmEntry&>(arm) = entry;
    files.Read(arm);
  }
  for (const std::string& line : files.missing()) run.missing.push_back(line);
  return run;
}

}  // namespace normlab
