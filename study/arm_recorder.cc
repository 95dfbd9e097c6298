#include "study/arm_recorder.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/text_file.h"
#include "study/log_lines.h"

namespace normlab {
namespace {

constexpr int kSecondsColumn = 7;  // of metrics.csv

double ColumnValue(const std::string& line, int column) {
  std::size_t start = 0;
  for (int i = 0; i < column; ++i) start = line.find(',', start) + 1;
  return std::strtod(line.c_str() + start, nullptr);
}

}  // namespace

ArmRecorder::ArmRecorder(ArmRecorderOptions options, const Dataset& dataset, SaveNetwork save,
                         TrainObserver& next)
    : options_(std::move(options)), dataset_(dataset), save_(std::move(save)), next_(next) {}

bool ArmRecorder::Load() {
  try {
    metrics_ = SplitTable(Path("metrics.csv"), ReadTextFile(Path("metrics.csv")),
                          MetricsHeader(options_.has_validation));
    log_ = SplitLog(Path("log.txt"), ReadFile(Path("log.txt")));
    if (options_.log_steps) {
      steps_ = SplitTable(Path("steps.csv"), ReadTextFile(Path("steps.csv")), StepsHeader());
    }
    if (options_.measure_layers) {
      layers_ = SplitTable(Path("layers.csv"), ReadTextFile(Path("layers.csv")), LayersHeader(),
                           LinesOfANumber::kSeveral);
    }
    if (options_.has_statistics) {
      statistics_ = SplitTable(Path("statistics.csv"), ReadTextFile(Path("statistics.csv")),
                               StatisticsHeader(), LinesOfANumber::kSeveral);
    }
    if (options_.clock != nullptr) clock_ = ReadClockLines(Path("clock.csv"));
    predictions_ = ReadPredictions(Path("predictions.safetensors"), dataset_);
    return true;
  } catch (const DataError&) {
    DropFrom(1);
    return false;
  }
}

void ArmRecorder::DropFrom(int epoch) {
  metrics_.erase(metrics_.lower_bound(epoch), metrics_.end());
  log_.erase(log_.lower_bound(epoch), log_.end());
  layers_.erase(layers_.lower_bound(epoch), layers_.end());
  statistics_.erase(statistics_.lower_bound(epoch), statistics_.end());
  clock_.erase(clock_.lower_bound(epoch), clock_.end());
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
  DropFrom(epoch);
  if (options_.clock != nullptr) options_.clock->StartEpoch();
  steps_in_epoch_ = 0;
  next_.OnEpochStart(epoch, steps_in_epoch);
}

void ArmRecorder::OnStep(const StepRecord& step, int step_in_epoch, double running_accuracy) {
  ++steps_in_epoch_;
  last_loss_ = step.loss;
  if (options_.log_steps) {
    steps_.erase(steps_.lower_bound(step.step), steps_.end());
    steps_[step.step] = StepsLine(step);
  }
  next_.OnStep(step, step_in_epoch, running_accuracy);
}

void ArmRecorder::OnLastPass(int epoch) {
  if (options_.measure_layers) layers_[epoch] = LayersLines(epoch, options_.measure_layers());
  next_.OnLastPass(epoch);
}

void ArmRecorder::OnEpoch(const EpochRecord& record, const std::vector<float>& predictions,
                          bool is_best) {
  metrics_[record.epoch] = MetricsLine(record, options_.has_validation);
  if (options_.clock != nullptr) clock_[record.epoch] = options_.clock->Line(record.epoch);
  if (options_.has_statistics) statistics_[record.epoch] = StatisticsLines(record);
  log_[record.epoch] =
      Join(EpochLogLines(record, steps_in_epoch_, last_loss_,
                         static_cast<int>(dataset_.test.size()), options_.has_validation),
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

void ArmRecorder::WriteAll(const EpochRecord& record, bool is_best) {
  WriteFile(Path("metrics.csv"), JoinPieces(MetricsHeader(options_.has_validation), metrics_));
  if (options_.clock != nullptr) WriteFile(Path("clock.csv"), JoinPieces(ClockHeader(), clock_));
  WriteFile(Path("log.txt"), JoinPieces("", log_));
  WriteSteps();
  if (options_.measure_layers) WriteFile(Path("layers.csv"), JoinPieces(LayersHeader(), layers_));
  if (options_.has_statistics) {
    WriteFile(Path("statistics.csv"), JoinPieces(StatisticsHeader(), statistics_));
  }
  WritePredictions(Path("predictions.safetensors"), dataset_, predictions_);
  WriteFile(Path("errors.csv"), ErrorsCsv(dataset_, predictions_.last));
  if (is_best) save_(Path("best.safetensors"), record.epoch);
  save_(Path("last.safetensors"), record.epoch);
}

void ArmRecorder::WriteSteps() const {
  if (options_.log_steps) WriteFile(Path("steps.csv"), JoinPieces(StepsHeader(), steps_));
}

double ArmRecorder::seconds() const {
  double sum = 0;
  for (const auto& [epoch, line] : metrics_) sum += ColumnValue(line, kSecondsColumn);
  return sum;
}

}  // namespace normlab
