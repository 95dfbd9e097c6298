#include "study/arm_recorder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "records/learned_table.h"
#include "records/statistics_table.h"
#include "study/log_lines.h"

namespace normlab {
namespace {

// Of the epochs before `epoch`.
template <class Row>
void DropFrom(int epoch, std::vector<Row>& rows) {
  std::erase_if(rows, [epoch](const Row& row) { return row.epoch >= epoch; });
}

}  // namespace

ArmRecorder::ArmRecorder(ArmRecorderOptions options, const Dataset& dataset, SaveNetwork save,
                         TrainObserver& next)
    : options_(std::move(options)), dataset_(dataset), save_(std::move(save)), next_(next) {}

bool ArmRecorder::Load() {
  try {
    metrics_ = ReadOwnMetrics(Path("metrics.csv"), options_.metrics);
    log_ = ReadLog(Path("log.txt"));
    if (options_.log_steps) steps_ = ReadOwnSteps(Path("steps.csv"));
    if (options_.measure_layers) layers_ = ReadOwnLayers(Path("layers.csv"));
    if (options_.has_statistics) statistics_ = ReadOwnStatistics(Path("statistics.csv"));
    if (options_.clock != nullptr) clock_ = ReadClockOrNone(Path("clock.csv"));
    if (options_.measure_learned) learned_ = ReadOwnLearnedOrNone(Path("learned.csv"));
    if (options_.metrics.test) {
      predictions_ = ReadPredictions(Path("predictions.safetensors"), dataset_);
    }
    return true;
  } catch (const DataError&) {
    ForgetFrom(1);
    return false;
  }
}

void ArmRecorder::ForgetFrom(int epoch) {
  DropFrom(epoch, metrics_);
  DropFrom(epoch, layers_);
  DropFrom(epoch, statistics_);
  DropFrom(epoch, clock_);
  DropFrom(epoch, learned_);
  log_.erase(log_.lower_bound(epoch), log_.end());
  if (epoch == 1) {
    steps_.clear();
    predictions_ = Predictions{};
  }
  if (epochs() != epoch - 1 || log_.size() != metrics_.size()) {
    throw DataError(
        fmt::format("{}: expected {} epochs in metrics.csv and log.txt beside the saved state, "
                    "found {} and {}; "
                    "delete the folder to train this arm anew",
                    options_.folder, epoch - 1, metrics_.size(), log_.size()));
  }
}

void ArmRecorder::OnEpochStart(int epoch, std::int64_t steps_in_epoch) {
  ForgetFrom(epoch);
  if (options_.clock != nullptr) options_.clock->StartEpoch();
  steps_in_epoch_ = 0;
  next_.OnEpochStart(epoch, steps_in_epoch);
}

void ArmRecorder::OnStep(const StepRecord& step, int step_in_epoch, double running_accuracy) {
  ++steps_in_epoch_;
  last_loss_ = step.loss;
  if (options_.log_steps) {
    while (!steps_.empty() && steps_.back().step >= step.step) steps_.pop_back();
    steps_.push_back(step);
  }
  next_.OnStep(step, step_in_epoch, running_accuracy);
}

void ArmRecorder::OnLastPass(int epoch) {
  if (options_.measure_layers) {
    for (LayerStatistics& layer : options_.measure_layers()) {
      layer.epoch = epoch;
      layers_.push_back(std::move(layer));
    }
  }
  next_.OnLastPass(epoch);
}

void ArmRecorder::OnEpoch(const EpochRecord& record, const std::vector<float>& predictions,
                          bool is_best) {
  metrics_.push_back(record);
  if (options_.clock != nullptr) clock_.push_back(options_.clock->Record(record.epoch));
  if (options_.measure_learned) {
    for (LearnedValue& value : options_.measure_learned()) {
      value.epoch = record.epoch;
      learned_.push_back(std::move(value));
    }
  }
  std::ranges::copy(record.statistics, std::back_inserter(statistics_));
  log_[record.epoch] =
      Join(EpochLogLines(record, steps_in_epoch_, last_loss_,
                         static_cast<int>(dataset_.test.size()), options_.metrics.validation),
           "\n") +
      "\n\n";
  predictions_.last = predictions;
  predictions_.last_epoch = record.epoch;
  if (is_best || predictions_.best.empty()) {
    predictions_.best = predictions;
    predictions_.best_epoch = record.epoch;
  }
  WriteAll(record, is_best);
  next_.OnEpoch(record, predictions, is_best);
}

void ArmRecorder::OnTrainedWeights(int epoch) {
  if (options_.trained_weights) save_(Path(kTrainedWeights), epoch);
  next_.OnTrainedWeights(epoch);
}

void ArmRecorder::WriteAll(const EpochRecord& record, bool is_best) {
  WriteFile(Path("metrics.csv"), MetricsTable(options_.metrics).Text(metrics_));
  if (options_.clock != nullptr) WriteFile(Path("clock.csv"), ClockTable().Text(clock_));
  std::string log;
  for (const auto& [epoch, paragraph] : log_) log += paragraph;
  WriteFile(Path("log.txt"), log);
  WriteSteps();
  if (options_.measure_layers) WriteFile(Path("layers.csv"), LayersTable().Text(layers_));
  if (options_.has_statistics) {
    WriteFile(Path("statistics.csv"), StatisticsTable().Text(statistics_));
  }
  if (options_.measure_learned) WriteFile(Path("learned.csv"), LearnedTable().Text(learned_));
  if (options_.metrics.test) {
    WritePredictions(Path("predictions.safetensors"), dataset_, predictions_);
    WriteFile(Path("errors.csv"),
              ErrorsTable(dataset_.class_names).Text(Misses(dataset_, predictions_.last)));
  }
  if (is_best) save_(Path("best.safetensors"), record.epoch);
  save_(Path("last.safetensors"), record.epoch);
}

void ArmRecorder::WriteSteps() const {
  if (options_.log_steps) WriteFile(Path("steps.csv"), StepsTable().Text(steps_));
}

double ArmRecorder::seconds() const {
  double sum = 0;
  for (const EpochRecord& epoch : metrics_) sum += epoch.seconds;
  return sum;
}

}  // namespace normlab
