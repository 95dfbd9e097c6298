#include "report/records/run_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "base/error.h"
#include "base/text.h"
#include "base/text_file.h"
#include "report/records/arm_tables.h"
#include "report/records/json_fields.h"
#include "report/records/limits_json.h"
#include "report/records/statistics_csv.h"
#include "report/text/escape.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

constexpr int kSchema = 1;
constexpr std::size_t kMostClasses = 256;  // labels are bytes
constexpr int kLargest = std::numeric_limits<int>::max();

bool IsPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.size() < 256 &&
         name.find('/') == std::string::npos && PlainLine(name) == name;
}

// What study.json says of an arm.
ArmRecord ReadEntry(const JsonFields& fields, const Json& entry) {
  ArmRecord arm;
  arm.folder = fields.Word("folder");
  if (!IsPlainName(arm.folder)) fields.Fail("folder", "a folder's name", entry["folder"]);
  arm.label = fields.Word("label");
  arm.norm = fields.Word("norm");
  arm.seed = fields.Whole("seed", std::numeric_limits<std::uint64_t>::max());
  arm.state = fields.OneOf("state", {"finished", "diverged", "interrupted", "pending"});
  arm.message = fields.OptionalWord("message");
  arm.best_epoch = static_cast<int>(fields.Whole("best_epoch", kLargest));
  arm.seconds = fields.OptionalNumber("seconds").value_or(0);
  return arm;
}

// The files of the arms, and what is missing of them.
class ArmFiles {
 public:
  ArmFiles(std::string run, int classes, bool layers_are_kept)
      : run_(std::move(run)), classes_(classes), layers_are_kept_(layers_are_kept) {}

  void Read(ArmRecord& arm) {
    const bool finished = arm.state == "finished";
    Take(arm, "metrics.csv", finished, [&](const std::string& path) {
      arm.metrics = ReadMetricsCsv(path);
      if (finished && arm.metrics.empty()) {
        throw DataError(fmt::format("{}: expected a line an epoch, found none", path));
      }
    });
    arm.errors_missing = !Take(arm, "errors.csv", finished, [&](const std::string& path) {
      arm.errors = ReadErrorsCsv(path, classes_);
    });
    Take(arm, "arm.json", finished, [&](const std::string& path) { ReadArmFacts(path, arm); });
    Take(arm, "layers.csv", finished && layers_are_kept_,
         [&](const std::string& path) { arm.layers = ReadLayersCsv(path); });
    Take(arm, "statistics.csv", false, [&](const std::string& path) {
      arm.statistics = ReadStatisticsCsv(path, finished ? arm.metrics.size() : 0);
    });
    Take(arm, "clock.csv", false,
         [&](const std::string& path) { arm.splits = ReadClockCsv(path); });
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
  int classes_;
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

std::vector<std::string> ReadClassNames(const JsonFields& fields) {
  const Json& list = fields.List("class_names");
  if (list.size() < 2 || list.size() > kMostClasses) {
    fields.Fail("class_names", fmt::format("2 to {} names", kMostClasses), list);
  }
  std::vector<std::string> names;
  for (const Json& name : list) {
    if (!name.is_string()) fields.Fail("class_names", "strings", name);
    names.push_back(name.get<std::string>());
  }
  return names;
}

}  // namespace

RunRecord ReadRunFolder(const std::string& path) {
  RunRecord run;
  run.path = path;
  const std::string index = path + "/study.json";
  const Json study = ParseJsonFile(index);
  const JsonFields fields(study, index, "");
  const std::uint64_t schema = fields.Whole("schema", kLargest);
  if (schema != kSchema) {
    fields.Fail("schema", fmt::format("{} (this normlab's)", kSchema), study["schema"]);
  }
  run.recipe = fields.Word("recipe");
  run.dataset = fields.Word("dataset");
  run.best_on_validation = fields.OneOf("best_on", {"validation", "test"}) == "validation";
  run.started = fields.OptionalWord("started");
  run.finished = fields.OptionalWord("finished");
  if (fields.Has("limits")) run.limits = ReadLimits(fields.Object("limits"), index);
  run.class_names = ReadClassNames(fields);
  run.recipe_text = ReadOrMiss(path, "recipe.toml", run.missing);
  run.environment_json = ReadOrMiss(path, "environment.json", run.missing);
  const Json& arms = fields.List("arms");
  if (arms.empty()) fields.Fail("arms", "at least one arm", arms);
  ArmFiles files(path, static_cast<int>(run.class_names.size()),
                 run.recipe_text.find("\nlayer_statistics = true") != std::string::npos);
  for (std::size_t i = 0; i < arms.size(); ++i) {
    const JsonFields entry(arms[i], index, fmt::format("arms[{}].", i));
    run.arms.push_back(ReadEntry(entry, arms[i]));
    files.Read(run.arms.back());
  }
  for (const std::string& line : files.missing()) run.missing.push_back(line);
  return run;
}

}  // namespace normlab
