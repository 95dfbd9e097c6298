#include "study/arm_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/text_file.h"
#include "config/check.h"
#include "config/training_engine.h"
#include "engine/make_network.h"
#include "model/initialize.h"
#include "records/arm_facts.h"
#include "study/arm_recorder.h"
#include "study/checkpoint_metadata.h"
#include "study/train_options.h"
#include "train/conditions.h"
#include "train/initialization.h"
#include "train/layer_statistics.h"
#include "train/learned_values.h"

namespace normlab {
namespace {

template <typename T>
void Initialize(const Arm& arm, const Architecture& architecture, const std::string& init,
                const Dataset& dataset, Network<T>& network) {
  const Config& config = arm.config;
  InitializeParameters(architecture, config.seed, network.parameters());
  InitializeByRole<T>(config.initialization, *architecture.plan, config.seed,
                      {dataset, config.validation, config.seed}, network.parameters());
  InitializeBuffers(architecture, network.buffers());
  if (!init.empty()) LoadCheckpoint(init, network);
}

void Fill(const TrainResult& result, const ArmRecorder& recorder, ArmEntry& entry) {
  entry.best_epoch = recorder.best_epoch();
  entry.seconds = recorder.seconds();
  entry.message.clear();
  switch (result.end) {
    case TrainEnd::kFinished:
      entry.state = "finished";
      break;
    case TrainEnd::kInterrupted:
      entry.state = "interrupted";
      break;
    case TrainEnd::kDiverged:
      entry.state = "diverged";
      entry.message = fmt::format(
          "the loss is not finite at step {} (epoch {}){}", result.divergence.step,
          result.divergence.epoch,
          result.divergence.layer.empty()
              ? std::string()
              : fmt::format("; the first layer with such values is {}", result.divergence.layer));
  }
}

template <typename T>
using MakeNetwork = std::function<std::unique_ptr<Network<T>>(const Architecture&)>;

// Null unless the run compares statistics and the arm keeps some.
template <typename T>
std::unique_ptr<StatisticsComparison<T>> MakeComparison(const Arm& arm,
                                                        const ExecutionOptions& execution,
                                                        const MakeNetwork<T>& make_network) {
  const Architecture architecture = MakeArchitecture(arm.config);
  if (!ComparesStatistics(execution, architecture)) return nullptr;
  ModelOptions options = architecture.options;
  options.statistics_per_application = true;
  return std::make_unique<StatisticsComparison<T>>(make_network(WithOptions(architecture, options)),
                                                   arm.config.norm_momentum);
}

template <typename T>
void TrainNetwork(const Arm& arm, const ExecutionOptions& execution, const ArmScope& scope,
                  const std::string& folder, const Dataset& dataset, TrainObserver& observer,
                  const std::atomic<bool>& stop, const MakeNetwork<T>& make_network,
                  EpochClock& clock, ArmEntry& entry) {
  const Architecture architecture = MakeArchitecture(arm.config);
  const std::unique_ptr<Network<T>> owned = make_network(architecture);
  Network<T>& network = *owned;
  const auto comparison = MakeComparison<T>(arm, execution, make_network);
  Initialize(arm, architecture, execution.init, dataset, network);
  const auto parsed = ParseAugmentation(arm.config.augment, dataset.shape);
  const Augmentation* augmentation = parsed->identity() ? nullptr : parsed.get();
  TrainOptions options = MakeTrainOptions(arm.config);
  options.optimizer.simd = ParseSimd(execution.simd);
  options.pause_after = scope.pause_after;
  options.evaluates_test = scope.evaluates_test;
  ArmFacts facts{{}, MeasureConditions(network, dataset, augmentation, options), {}};
  for (const Setting& setting : CanonicalSettings(arm.config)) {
    facts.settings.emplace_back(setting.key, setting.value);
  }
  const auto save = [&](const std::string& path, int epoch) {
    const std::int64_t steps = StepsAfterEpoch(options, dataset.train.size(), epoch);
    auto metadata = WriteCheckpointMetadata(arm.config, epoch, steps, dataset);
    if (arm.config.average.name != "none") {
      metadata["weights"] = path.ends_with(kTrainedWeights) ? "trained" : "averaged";
    }
    SaveCheckpoint(path, network, metadata);
  };
  ArmRecorderOptions recording = {.folder = folder,
                                  .metrics = {.validation = arm.config.validation > 0,
                                              .test = options.evaluates_test,
                                              .views = options.test_views != "none"},
                                  .log_steps = execution.log_steps,
                                  .measure_layers = {},
                                  .has_statistics = comparison != nullptr,
                                  .clock = &clock};
  if (execution.layer_statistics) {
    recording.measure_layers = [&] { return MeasureLayers(architecture, network); };
  }
  const LearnedProbe learned(architecture);
  if (!learned.empty()) {
    recording.measure_learned = [&] {
      return learned.Measure<T>(std::span<const T>(network.parameters()));
    };
  }
  recording.trained_weights = arm.config.average.name != "none";
  ArmRecorder recorder(recording, dataset, save, observer);
  const std::string state = folder + "/state.safetensors";
  std::filesystem::create_directories(folder);
  if (std::filesystem::exists(state) && !recorder.Load()) std::filesystem::remove(state);
  WriteArmFacts(folder, facts);
  const TrainResult result =
      Train(network, dataset, augmentation, options, state, recorder, stop, comparison.get());
  if (result.end == TrainEnd::kDiverged) recorder.WriteSteps();
  if (result.end == TrainEnd::kFinished) {
    facts.last = result.last;
    WriteArmFacts(folder, facts);
  }
  Fill(result, recorder, entry);
}

}  // namespace

void CheckInit(const StudyPlan& plan) {
  if (plan.execution.init.empty()) return;
  for (const Arm& arm : plan.arms) {
    const auto network = MakeReferenceNetwork<double>(MakeArchitecture(arm.config), 1);
    try {
      LoadCheckpoint(plan.execution.init, *network);
    } catch (const DataError& error) {
      throw DataError(fmt::format("init does not fit the arm {}: {}", arm.folder, error.what()));
    }
  }
}

int EpochsDone(const std::string& arm_folder) {
  const std::string path = arm_folder + "/metrics.csv";
  if (!std::filesystem::exists(path)) return 0;
  const std::string text = ReadTextFile(path);
  return std::max(0, static_cast<int>(std::ranges::count(text, '\n')) - 1);
}

void TrainArm(const Arm& arm, const ExecutionOptions& execution, const std::string& run_folder,
              const Dataset& dataset, TrainObserver& observer, const std::atomic<bool>& stop,
              ArmEntry& entry, const RunningTrainings* running, const ArmScope& scope) {
  const std::string folder = fmt::format("{}/{}", run_folder, arm.folder);
  EpochClock clock(execution, running);
  const int batch = arm.config.batch_size;
  const EngineSettings settings = EngineSettingsOf(execution);
  const auto train = [&]<typename T>(NetworkMaker<T> make) {
    TrainNetwork<T>(
        arm, execution, scope, folder, dataset, observer, stop,
        [&](const Architecture& of) { return make(of, batch, settings); }, clock, entry);
  };
  std::visit(train, EngineOf(execution).make);
}

}  // namespace normlab
