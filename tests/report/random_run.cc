#include "random_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/philox.h"

namespace normlab {
namespace {

std::string MetricsCsv(const RunRecord& run, const ArmRecord& arm) {
  std::string text =
      "epoch,train_loss,train_accuracy,test_loss,test_accuracy,learning_rate,seconds,"
      "images_per_second,penalty";
  text += run.best_on_validation ? ",validation_loss,validation_accuracy\n" : "\n";
  for (const EpochRecord& row : arm.metrics) {
    text += fmt::format("{},{},{},{},{},{},{},{},{}", row.epoch, row.train_loss, row.train_accuracy,
                        row.test_loss, row.test_accuracy, row.learning_rate, row.seconds,
                        row.images_per_second, row.penalty);
    if (run.best_on_validation) {
      text += fmt::format(",{},{}", row.validation_loss, row.validation_accuracy);
    }
    text += '\n';
  }
  return text;
}

std::string ErrorsCsv(const ArmRecord& arm) {
  std::string text =
      "index,truth,prediction,truth_name,prediction_name,truth_probability,prediction_probability,"
      "loss\n";
  for (const ErrorRow& row : arm.errors) {
    text +=
        fmt::format("{},{},{},\"a, \"\"b\"\"\",c,{},{},{}\n", row.index, row.truth, row.prediction,
                    row.truth_probability, row.prediction_probability, row.loss);
  }
  return text;
}

std::string LayersCsv(const ArmRecord& arm) {
  std::string text =
      "epoch,layer,application,mean_before,deviation_before,mean_after,deviation_after,"
      "gradient_norm,weight_norm,running_mean_distance,running_variance_distance\n";
  const auto distance = [](double value) {
    return std::isnan(value) ? std::string() : fmt::to_string(value);
  };
  for (const LayerStatistics& row : arm.layers) {
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", row.epoch, row.layer, row.application,
                        row.mean_before, row.deviation_before, row.mean_after, row.deviation_after,
                        row.gradient_norm, row.weight_norm, distance(row.running_mean_distance),
                        distance(row.running_variance_distance));
  }
  return text;
}

std::string LearnedCsv(const ArmRecord& arm) {
  std::string text = "epoch,layer,part,name,kind,count,mean,deviation,lowest,highest\n";
  for (const LearnedValue& row : arm.learned) {
    text += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", row.epoch, row.layer, row.part, row.name,
                        row.is_statement ? "statement" : "learned", row.count, row.mean,
                        row.deviation, row.lowest, row.highest);
  }
  return text;
}

std::string StatisticsCsv(const ArmRecord& arm) {
  constexpr const char* kNames[] = {"shared", "per_application", "reestimated_shared",
                                    "reestimated_per_application", "batch"};
  std::string text = "epoch,statistics,test_loss,test_accuracy\n";
  for (const StatisticsScore& row : arm.statistics) {
    text += fmt::format("{},{},{},{}\n", row.epoch, kNames[static_cast<int>(row.kind)],
                        row.test_loss, row.test_accuracy);
  }
  return text;
}

std::string FactsJson(const ArmRecord& arm) {
  nlohmann::json json = {{"settings", arm.settings},
                         {"conditions",
                          {{"parameters", arm.conditions->parameters},
                           {"batch_size", arm.conditions->batch_size},
                           {"steps", arm.conditions->steps},
                           {"initial_weights", arm.conditions->initial_weights},
                           {"data_order", arm.conditions->data_order},
                           {"first_images", arm.conditions->first_images}}}};
  if (arm.last) {
    json["last"] = {{"clean_train_images", arm.last->clean_train_images},
                    {"clean_train_loss", arm.last->clean_train_loss},
                    {"clean_train_accuracy", arm.last->clean_train_accuracy}};
    if (arm.last->batch_statistics_test_accuracy) {
      json["last"]["batch_statistics_test_loss"] = *arm.last->batch_statistics_test_loss;
      json["last"]["batch_statistics_test_accuracy"] = *arm.last->batch_statistics_test_accuracy;
    }
  }
  return json.dump();
}

// Every second unit keeps running statistics.
std::vector<LayerStatistics> RandomLayers(RandomStream& stream, int epochs) {
  std::vector<LayerStatistics> rows;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    for (const char* layer : {"C1", "C2", "c3"}) {
      LayerStatistics row;
      row.epoch = epoch;
      row.layer = layer;
      for (double LayerStatistics::*field :
           {&LayerStatistics::mean_before, &LayerStatistics::deviation_before,
            &LayerStatistics::mean_after, &LayerStatistics::deviation_after,
            &LayerStatistics::gradient_norm, &LayerStatistics::weight_norm,
            &LayerStatistics::running_mean_distance, &LayerStatistics::running_variance_distance}) {
        row.*field = stream.Uniform(0.1, 2);
      }
      if (row.layer == "c3") {
        row.running_mean_distance = row.running_variance_distance = std::nan("");
      }
      rows.push_back(row);
    }
  }
  return rows;
}

std::string RandomHash(RandomStream& stream) {
  std::string digits;
  for (int i = 0; i < 64; ++i) digits += "0123456789abcdef"[stream.Below(16)];
  return digits;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  static std::atomic<int> count = 0;
  path_ = std::filesystem::temp_directory_path() /
          fmt::format("normlab-report-{}-{}", getpid(), count++);
  std::filesystem::create_directories(path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Dataset RandomDataset(std::uint64_t seed, Shape shape, std::vector<std::string> class_names) {
  constexpr std::size_t kImages = 60;
  RandomStream stream(seed, Purpose::kSamples, 0, 1);
  Dataset dataset;
  dataset.name = "random";
  dataset.title = "Random";
  dataset.class_names = std::move(class_names);
  dataset.shape = shape;
  for (Split* split : {&dataset.train, &dataset.test}) {
    for (std::size_t i = 0; i < kImages * shape.size(); ++i) {
      split->pixels.push_back(static_cast<std::uint8_t>(stream.Below(256)));
    }
    for (std::size_t i = 0; i < kImages; ++i) {
      split->labels.push_back(static_cast<std::uint8_t>(i % dataset.class_names.size()));
    }
  }
  return dataset;
}

ArmRecord RandomArm(std::uint64_t seed, const std::string& label, const Dataset& dataset,
                    int epochs, int misses) {
  RandomStream stream(seed, Purpose::kSamples, 0, 2);
  ArmRecord arm;
  arm.folder = fmt::format("arm-{}-seed{}", std::hash<std::string>()(label), seed);
  arm.label = label;
  arm.norm = "batch";
  arm.seed = seed;
  arm.state = "finished";
  arm.seconds = stream.Uniform(1, 100);
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    EpochRecord row;
    row.epoch = epoch;
    for (double EpochRecord::*loss :
         {&EpochRecord::train_loss, &EpochRecord::test_loss, &EpochRecord::validation_loss}) {
      row.*loss = stream.Uniform(0.1, 2);
    }
    for (double EpochRecord::*accuracy : {&EpochRecord::train_accuracy, &EpochRecord::test_accuracy,
                                          &EpochRecord::validation_accuracy}) {
      row.*accuracy = stream.Uniform(20, 100);
    }
    row.learning_rate = stream.Uniform();
    row.seconds = stream.Uniform(1, 9);
    row.images_per_second = stream.Uniform(1, 1e5);
    row.penalty = stream.Uniform();
    arm.metrics.push_back(row);
  }
  arm.best_epoch = epochs == 0 ? 0 : 1 + static_cast<int>(stream.Below(epochs));
  for (int i = 0; i < misses; ++i) {
    ErrorRow error;
    error.index = i;
    error.truth = dataset.test.labels[i];
    error.prediction = (error.truth + 1) % dataset.classes();
    error.prediction_probability = stream.Uniform(0.5, 1);
    error.truth_probability = (1 - error.prediction_probability) / 2;
    error.loss = -std::log(error.truth_probability);
    arm.errors.push_back(error);
  }
  arm.layers = RandomLayers(stream, epochs);
  arm.settings = {{"model", "mnist-8k"}, {"norm", arm.norm}, {"l2", "0.001"}};
  arm.conditions = {stream.Below(100000),     128,
                    epochs * std::int64_t{9}, RandomHash(stream),
                    RandomHash(stream),       RandomHash(stream)};
  if (epochs > 0) {
    arm.last = {60, stream.Uniform(), stream.Uniform(20, 100), stream.Uniform(),
                stream.Uniform(20, 100)};
  }
  return arm;
}

void AddRandomStatistics(ArmRecord& arm, bool repeated_block) {
  RandomStream stream(arm.seed, Purpose::kSamples, 0, 3);
  for (const EpochRecord& epoch : arm.metrics) {
    for (const StatisticsKind kind : StatisticsKinds(repeated_block)) {
      arm.statistics.push_back(
          {epoch.epoch, kind, stream.Uniform(0.1, 2), stream.Uniform(20, 100)});
    }
  }
}

RunRecord RandomRun(const std::string& path, const Dataset& dataset, std::vector<ArmRecord> arms) {
  RunRecord run;
  run.path = path;
  run.recipe = "random";
  run.recipe_text =
      "recipe = \"random\"\nmodel = \"mnist-8k\"  # recipe\nlayer_statistics = true  # default\n";
  run.dataset = dataset.name;
  run.best_on_validation = true;
  run.class_names = dataset.class_names;
  run.arms = std::move(arms);
  run.environment_json = R"({"processor": "a 6502", "command": ["normlab", "run", "it's"]})";
  run.started = "2026-01-02T03:04:05Z";
  run.finished = "2026-01-02T03:05:06Z";
  return run;
}

void LayDown(const RunRecord& run) {
  nlohmann::json arms = nlohmann::json::array();
  for (const ArmRecord& arm : run.arms) {
    arms.push_back({{"folder", arm.folder},
                    {"label", arm.label},
                    {"norm", arm.norm},
                    {"seed", arm.seed},
                    {"state", arm.state},
                    {"message", arm.message},
                    {"best_epoch", arm.best_epoch},
                    {"seconds", arm.seconds}});
    const std::string folder = run.path + "/" + arm.folder;
    std::filesystem::create_directories(folder);
    if (!arm.metrics.empty()) WriteFile(folder + "/metrics.csv", MetricsCsv(run, arm));
    if (arm.state == "finished") WriteFile(folder + "/errors.csv", ErrorsCsv(arm));
    if (!arm.layers.empty()) WriteFile(folder + "/layers.csv", LayersCsv(arm));
    if (!arm.learned.empty()) WriteFile(folder + "/learned.csv", LearnedCsv(arm));
    if (!arm.statistics.empty()) WriteFile(folder + "/statistics.csv", StatisticsCsv(arm));
    if (arm.conditions) WriteFile(folder + "/arm.json", FactsJson(arm));
  }
  nlohmann::json limits = nlohmann::json::object();
  if (run.limits.parameters) limits["parameters"] = *run.limits.parameters;
  if (run.limits.epochs) limits["epochs"] = *run.limits.epochs;
  if (run.limits.accuracy) limits["accuracy"] = *run.limits.accuracy;
  const nlohmann::json study = {{"schema", 1},
                                {"recipe", run.recipe},
                                {"dataset", run.dataset},
                                {"class_names", run.class_names},
                                {"best_on", run.best_on_validation ? "validation" : "test"},
                                {"limits", limits},
                                {"arms", arms},
                                {"started", run.started},
                                {"finished", run.finished}};
  WriteFile(run.path + "/study.json", study.dump());
  WriteFile(run.path + "/recipe.toml", run.recipe_text);
  WriteFile(run.path + "/environment.json", run.environment_json);
}

}  // namespace normlab
