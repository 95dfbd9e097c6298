#include "report/run_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "report/csv.h"
#include "report/escape.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

constexpr int kSchema = 1;
constexpr std::size_t kMostClasses = 256;  // labels are bytes
constexpr int kLargest = std::numeric_limits<int>::max();

// One object of a JSON file, read field by field; every complaint names the file and the field.
class Fields {
 public:
  Fields(const Json& object, std::string path, std::string where)
      : object_(object), path_(std::move(path)), where_(std::move(where)) {
    if (!object_.is_object()) Fail("", "an object", object_);
  }

  std::string Word(const std::string& key) const {
    const Json& value = At(key);
    if (!value.is_string()) Fail(key, "a string", value);
    return value.get<std::string>();
  }
  std::string OptionalWord(const std::string& key) const {
    return object_.contains(key) && !object_[key].is_null() ? Word(key) : std::string();
  }
  std::string OneOf(const std::string& key, const std::vector<std::string>& words) const {
    const std::string word = Word(key);
    if (std::find(words.begin(), words.end(), word) == words.end()) {
      Fail(key, "one of " + Join(words), object_[key]);
    }
    return word;
  }
  std::uint64_t Whole(const std::string& key, std::uint64_t most) const {
    const Json& value = At(key);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most) {
      Fail(key, fmt::format("a whole number from 0 to {}", most), value);
    }
    return value.get<std::uint64_t>();
  }
  double OptionalNumber(const std::string& key) const {
    if (!object_.contains(key) || object_[key].is_null()) return 0;
    if (!object_[key].is_number()) Fail(key, "a number", object_[key]);
    return object_[key].get<double>();
  }
  const Json& List(const std::string& key) const {
    const Json& value = At(key);
    if (!value.is_array()) Fail(key, "a list", value);
    return value;
  }
  [[noreturn]] void Fail(const std::string& key, const std::string& expected,
                         const Json& found) const {
    throw DataError(
        fmt::format("{}: {}{}: expected {}, found {}", path_, where_, key, expected,
                    Shortened(found.dump(-1, ' ', false, Json::error_handler_t::replace), 60)));
  }

 private:
  const Json& At(const std::string& key) const {
    if (!object_.contains(key)) {
      throw DataError(fmt::format("{}: expected a field {}{}, found none", path_, where_, key));
    }
    return object_[key];
  }

  const Json& object_;
  std::string path_, where_;
};

Json ParseJson(const std::string& path) {
  const std::string text = ReadFile(path);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t end = std::min(error.byte, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<long>(end), '\n');
    throw DataError(fmt::format("{}:{}: expected JSON, found what does not parse at byte {}", path,
                                line, error.byte));
  }
}

std::vector<MetricsRow> ReadMetrics(const std::string& path) {
  const CsvTable table(path, ReadFile(path));
  struct Place {
    std::string_view name;
    double MetricsRow::*field;
  };
  std::vector<Place> places = {{"train_loss", &MetricsRow::train_loss},
                               {"train_accuracy", &MetricsRow::train_accuracy},
                               {"test_loss", &MetricsRow::test_loss},
                               {"test_accuracy", &MetricsRow::test_accuracy},
                               {"learning_rate", &MetricsRow::learning_rate},
                               {"seconds", &MetricsRow::seconds},
                               {"images_per_second", &MetricsRow::images_per_second}};
  if (table.Has("validation_loss") || table.Has("validation_accuracy")) {
    places.push_back({"validation_loss", &MetricsRow::validation_loss});
    places.push_back({"validation_accuracy", &MetricsRow::validation_accuracy});
  }
  const std::size_t epoch = table.Column("epoch");
  std::vector<std::size_t> columns;
  for (const Place& place : places) columns.push_back(table.Column(place.name));
  std::vector<MetricsRow> rows(table.rows());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    rows[r].epoch = table.Integer(r, epoch, 1, kLargest);
    if (rows[r].epoch != static_cast<int>(r) + 1) {
      table.Fail(r, fmt::format("epoch: expected {}, found {}", r + 1, rows[r].epoch));
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      rows[r].*places[i].field = table.Number(r, columns[i]);
    }
  }
  return rows;
}

std::vector<ErrorRow> ReadErrors(const std::string& path, int classes) {
  const CsvTable table(path, ReadFile(path));
  const std::size_t index = table.Column("index"), truth = table.Column("truth"),
                    prediction = table.Column("prediction"), loss = table.Column("loss"),
                    truth_probability = table.Column("truth_probability"),
                    prediction_probability = table.Column("prediction_probability");
  std::vector<ErrorRow> rows(table.rows());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    rows[r].index = table.Integer(r, index, 0, kLargest);
    rows[r].truth = table.Integer(r, truth, 0, classes - 1);
    rows[r].prediction = table.Integer(r, prediction, 0, classes - 1);
    if (rows[r].truth == rows[r].prediction) {
      table.Fail(r, "expected a prediction other than the truth, found the same class");
    }
    rows[r].truth_probability = table.Number(r, truth_probability);
    rows[r].prediction_probability = table.Number(r, prediction_probability);
    rows[r].loss = table.Number(r, loss);
  }
  return rows;
}

bool IsPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.size() < 256 &&
         name.find('/') == std::string::npos && PlainLine(name) == name;
}

ArmRecord ReadArm(const Json& entry, const std::string& run, const std::string& index,
                  std::size_t place, int classes) {
  const Fields fields(entry, index, fmt::format("arms[{}].", place));
  ArmRecord arm;
  arm.folder = fields.Word("folder");
  if (!IsPlainName(arm.folder)) fields.Fail("folder", "a folder's name", entry["folder"]);
  arm.label = fields.Word("label");
  arm.norm = fields.Word("norm");
  arm.seed = fields.Whole("seed", std::numeric_limits<std::uint64_t>::max());
  arm.state = fields.OneOf("state", {"finished", "diverged", "interrupted", "pending"});
  arm.message = fields.OptionalWord("message");
  arm.best_epoch = static_cast<int>(fields.Whole("best_epoch", kLargest));
  arm.seconds = fields.OptionalNumber("seconds");

  const std::string folder = run + "/" + arm.folder;
  const bool finished = arm.state == "finished";
  if (finished || std::filesystem::exists(folder + "/metrics.csv")) {
    arm.metrics = ReadMetrics(folder + "/metrics.csv");
  }
  if (finished || std::filesystem::exists(folder + "/errors.csv")) {
    arm.errors = ReadErrors(folder + "/errors.csv", classes);
  }
  if (finished && arm.metrics.empty()) {
    throw DataError(fmt::format("{}/metrics.csv: expected a line an epoch, found none", folder));
  }
  if (static_cast<std::size_t>(arm.best_epoch) > arm.metrics.size()) {
    fields.Fail("best_epoch", fmt::format("one of the {} epochs", arm.metrics.size()),
                entry["best_epoch"]);
  }
  return arm;
}

}  // namespace

RunRecord ReadRunFolder(const std::string& path) {
  RunRecord run;
  run.path = path;
  const std::string index = path + "/study.json";
  const Json study = ParseJson(index);
  const Fields fields(study, index, "");
  const std::uint64_t schema = fields.Whole("schema", kLargest);
  if (schema != kSchema) {
    fields.Fail("schema", fmt::format("{} (this normlab's)", kSchema), study["schema"]);
  }
  run.recipe = fields.Word("recipe");
  run.dataset = fields.Word("dataset");
  run.best_on_validation = fields.OneOf("best_on", {"validation", "test"}) == "validation";
  run.started = fields.OptionalWord("started");
  run.finished = fields.OptionalWord("finished");
  const Json& names = fields.List("class_names");
  if (names.size() < 2 || names.size() > kMostClasses) {
    fields.Fail("class_names", fmt::format("2 to {} names", kMostClasses), names);
  }
  for (const Json& name : names) {
    if (!name.is_string()) fields.Fail("class_names", "strings", name);
    run.class_names.push_back(name.get<std::string>());
  }
  const Json& arms = fields.List("arms");
  if (arms.empty()) fields.Fail("arms", "at least one arm", arms);
  for (std::size_t i = 0; i < arms.size(); ++i) {
    run.arms.push_back(ReadArm(arms[i], path, index, i, static_cast<int>(run.class_names.size())));
  }
  run.recipe_text = ReadFile(path + "/recipe.toml");
  run.environment_json = ReadFile(path + "/environment.json");
  return run;
}

}  // namespace normlab
