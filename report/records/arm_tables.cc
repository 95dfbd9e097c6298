#include "report/records/arm_tables.h"

#include <fmt/format.h>

#include <limits>

#include "base/error.h"
#include "base/text_file.h"
#include "report/records/csv.h"
#include "report/records/json_fields.h"
#include "report/records/layer_columns.h"
#include "report/text/escape.h"

namespace normlab {
namespace {

using Json = nlohmann::json;

constexpr int kLargest = std::numeric_limits<int>::max();
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

Conditions ReadConditions(const Json& json, const std::string& path) {
  const JsonFields fields(json, path, "conditions.");
  Conditions conditions;
  conditions.parameters = fields.Whole("parameters", std::numeric_limits<std::uint64_t>::max());
  conditions.batch_size = static_cast<int>(fields.Whole("batch_size", kLargest));
  conditions.steps =
      static_cast<std::int64_t>(fields.Whole("steps", std::numeric_limits<std::int64_t>::max()));
  const auto hash = [&](const char* key) {
    const std::string word = fields.Word(key);
    if (word.size() != 64 || word.find_first_not_of("0123456789abcdef") != std::string::npos) {
      fields.Fail(key, "64 hexadecimal digits", word);
    }
    return word;
  };
  conditions.initial_weights = hash("initial_weights");
  conditions.data_order = hash("data_order");
  conditions.first_images = hash("first_images");
  return conditions;
}

LastEvaluation ReadLast(const Json& json, const std::string& path) {
  const JsonFields fields(json, path, "last.");
  LastEvaluation last;
  last.clean_train_images = static_cast<int>(fields.Whole("clean_train_images", kLargest));
  last.clean_train_loss = fields.Number("clean_train_loss");
  last.clean_train_accuracy = fields.Number("clean_train_accuracy");
  last.batch_statistics_test_loss = fields.OptionalNumber("batch_statistics_test_loss");
  last.batch_statistics_test_accuracy = fields.OptionalNumber("batch_statistics_test_accuracy");
  return last;
}

}  // namespace

std::vector<MetricsRow> ReadMetricsCsv(const std::string& path) {
  const CsvTable table(path, ReadTextFile(path));
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
  const bool has_penalty = table.Has("penalty");
  if (has_penalty) places.push_back({"penalty", &MetricsRow::penalty});
  const std::size_t epoch = table.Column("epoch");
  std::vector<std::size_t> columns;
  for (const Place& place : places) columns.push_back(table.Column(place.name));
  std::vector<MetricsRow> rows(table.rows());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    rows[r].epoch = table.Integer(r, epoch, 1, kLargest);
    if (rows[r].epoch != static_cast<int>(r) + 1) {
      table.Fail(r, fmt::format("epoch: expected {}, found {}", r + 1, rows[r].epoch));
    }
    if (!has_penalty) rows[r].penalty = kUnknown;
    for (std::size_t i = 0; i < places.size(); ++i) {
      rows[r].*places[i].field = table.Number(r, columns[i]);
    }
  }
  return rows;
}

std::vector<ErrorRow> ReadErrorsCsv(const std::string& path, int classes) {
  const CsvTable table(path, ReadTextFile(path));
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

std::vector<LayerRow> ReadLayersCsv(const std::string& path) {
  const CsvTable table(path, ReadTextFile(path));
  const std::size_t epoch = table.Column("epoch"), layer = table.Column("layer"),
                    application = table.Column("application");
  std::vector<std::size_t> places;
  for (const LayerColumn& column : kLayerColumns) places.push_back(table.Column(column.name));
  std::vector<LayerRow> rows(table.rows());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const int least = r == 0 ? 1 : rows[r - 1].epoch;
    rows[r].epoch = table.Integer(r, epoch, least, r == 0 ? 1 : least + 1);
    rows[r].layer = PlainLine(table.Text(r, layer));
    rows[r].application = table.Integer(r, application, 1, kLargest);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const bool empty = kLayerColumns[i].may_be_empty && table.Text(r, places[i]).empty();
      rows[r].*kLayerColumns[i].field = empty ? kUnknown : table.Number(r, places[i]);
    }
  }
  return rows;
}

std::map<int, EpochSplit> ReadClockCsv(const std::string& path) {
  const CsvTable table(path, ReadTextFile(path));
  const std::size_t epoch = table.Column("epoch"), threads = table.Column("threads"),
                    trainings = table.Column("trainings"), simd = table.Column("simd"),
                    processor = table.Column("processor");
  std::map<int, EpochSplit> splits;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    EpochSplit split;
    split.threads = table.Integer(r, threads, 1, kLargest);
    const bool changed = table.Text(r, trainings).empty();
    split.trainings = changed ? 0 : table.Integer(r, trainings, 1, kLargest);
    split.simd = PlainLine(table.Text(r, simd));
    split.processor = PlainLine(table.Text(r, processor));
    splits[table.Integer(r, epoch, 1, kLargest)] = std::move(split);
  }
  return splits;
}

void ReadArmFacts(const std::string& path, ArmRecord& arm) {
  const Json json = ParseJsonFile(path);
  const JsonFields fields(json, path, "");
  const Json& settings = fields.Object("settings");
  for (const auto& [key, value] : settings.items()) {
    if (!value.is_string()) fields.Fail("settings." + PlainLine(key), "a string", value);
    arm.settings[key] = value.get<std::string>();
  }
  arm.conditions = ReadConditions(fields.Object("conditions"), path);
  if (fields.Has("last")) arm.last = ReadLast(fields.Object("last"), path);
}

}  // namespace normlab
