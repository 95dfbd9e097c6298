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
      "images_per_second";
  text += run.best_on_validation ? ",validation_loss,validation_accuracy\n" : "\n";
  for (const MetricsRow& row : arm.metrics) {
    text += fmt::format("{},{},{},{},{},{},{},{}", row.epoch, row.train_loss, row.train_accuracy,
                        row.test_loss, row.test_accuracy, row.learning_rate, row.seconds,
                        row.images_per_second);
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
    MetricsRow row;
    row.epoch = epoch;
    for (double MetricsRow::*loss :
         {&MetricsRow::train_loss, &MetricsRow::test_loss, &MetricsRow::validation_loss}) {
      row.*loss = stream.Uniform(0.1, 2);
    }
    for (double MetricsRow::*accuracy : {&MetricsRow::train_accuracy, &MetricsRow::test_accuracy,
                                         &MetricsRow::validation_accuracy}) {
      row.*accuracy = stream.Uniform(20, 100);
    }
    row.learning_rate = stream.Uniform();
    row.seconds = stream.Uniform(1, 9);
    row.images_per_second = stream.Uniform(1, 1e5);
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
  return arm;
}

RunRecord RandomRun(const std::string& path, const Dataset& dataset, std::vector<ArmRecord> arms) {
  RunRecord run;
  run.path = path;
  run.recipe = "random";
  run.recipe_text = "recipe = \"random\"\nmodel = \"mnist-8k\"  # recipe\n";
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
  }
  const nlohmann::json study = {{"schema", 1},
                                {"recipe", run.recipe},
                                {"dataset", run.dataset},
                                {"class_names", run.class_names},
                                {"best_on", run.best_on_validation ? "validation" : "test"},
                                {"arms", arms},
                                {"started", run.started},
                                {"finished", run.finished}};
  WriteFile(run.path + "/study.json", study.dump());
  WriteFile(run.path + "/recipe.toml", run.recipe_text);
  WriteFile(run.path + "/environment.json", run.environment_json);
}

}  // namespace normlab
