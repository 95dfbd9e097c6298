// Writes an arm's folder while it trains, every file whole after every epoch.
//
// After a kill the trainer goes on from its last state, which may be one epoch older than the
// files: that epoch is trained again, gives the same bits, and replaces what was written of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "records/training_tables.h"
#include "study/epoch_clock.h"
#include "study/log_text.h"
#include "study/predictions.h"
#include "study/study_observer.h"

namespace normlab {

// Beside last.safetensors where that holds an average: the weights that are trained.
inline constexpr char kTrainedWeights[] = "last-trained.safetensors";

struct ArmRecorderOptions {
  std::string folder;
  MetricsParts metrics = {};
  bool log_steps = false;
  // What layers.csv holds of a training pass; empty: the file is not written.
  std::function<std::vector<LayerStatistics>()> measure_layers = {};
  bool has_statistics = false;  // the records hold what statistics.csv says
  EpochClock* clock = nullptr;  // what clock.csv holds; nullptr: the file is not written
  // What learned.csv holds of the network after an epoch; empty: the file is not written.
  std::function<std::vector<LearnedValue>()> measure_learned = {};
  bool trained_weights = false;  // evaluated weights are averages; the trained ones are saved too
};

class ArmRecorder : public TrainObserver {
 public:
  // Writes the network as it is now to the path; the epoch goes into the metadata.
  using SaveNetwork = std::function<void(const std::string& path, int epoch)>;

  ArmRecorder(ArmRecorderOptions options, const Dataset& dataset, SaveNetwork save,
              TrainObserver& next);

  // Takes up what an earlier run left. Returns false, and keeps nothing, when it is not whole: then
  // the arm starts anew.
  bool Load();

  void OnEpochStart(int epoch, std::int64_t steps_in_epoch) override;
  void OnStep(const StepRecord& step, int step_in_epoch, double running_accuracy) override;
  void OnLastPass(int epoch) override;
  void OnEpoch(const EpochRecord& record, const std::vector<float>& predictions,
               bool is_best) override;
  void OnTrainedWeights(int epoch) override;

  // steps.csv as far as it is known: the steps of an epoch that diverged are worth seeing.
  void WriteSteps() const;

  int epochs() const { return static_cast<int>(metrics_.size()); }
  int best_epoch() const { return predictions_.best_epoch; }
  double seconds() const;  // of the training of all epochs

 private:
  std::string Path(const std::string& name) const { return options_.folder + "/" + name; }
  void ForgetFrom(int epoch);
  void WriteAll(const EpochRecord& record, bool is_best);

  ArmRecorderOptions options_;
  const Dataset& dataset_;
  SaveNetwork save_;
  TrainObserver& next_;
  std::vector<EpochRecord> metrics_;
  std::vector<StepRecord> steps_;
  std::vector<LayerStatistics> layers_;
  std::vector<StatisticsScore> statistics_;
  std::vector<ClockRecord> clock_;
  std::vector<LearnedValue> learned_;
  LogParagraphs log_;
  Predictions predictions_;
  std::int64_t steps_in_epoch_ = 0;  // taken, of the epoch that runs
  double last_loss_ = 0;
};

}  // namespace normlab
