// The epoch loop: one training of one network, resumable after every epoch.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "augment/augment.h"
#include "data/dataset.h"
#include "engine/network.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include "train/statistics_comparison.h"
#include "train/training_records.h"

namespace normlab {

struct TrainOptions {
  int epochs = 20;
  std::int64_t max_steps = 0;  // 0: no limit; the epoch that reaches it is cut short there
  int batch_size = 128;
  std::uint64_t seed = 1;
  bool shuffle = true;
  int validation = 0;  // images held out of the training split
  double l1 = 0;       // penalty l1 * sum |p| over l1_on; its gradient is l1 * sign(p)
  bool l1_conv_only = false;
  OptimizerOptions optimizer;  // weight_decay is the key l2
  bool l2_conv_only = false;
  ScheduleOptions schedule = "constant";
  Choice lr_multiplier = "none", decay_multiplier = "none";  // train/parameter_groups.h
  double clip_norm = 0;                                      // 0: gradients are not clipped
  double label_smoothing = 0;
  Choice mix = "none";              // train/mixing.h
  Choice average = "none";          // train/weight_average.h
  std::string test_views = "none";  // train/test_views.h
  bool evaluates_test = true;       // false: no test image is looked at, and records hold NaN
  int pause_after = 0;  // epochs after which it ends as interrupted, to go on later; 0: none
};

struct Divergence {
  std::int64_t step = 0;
  int epoch = 0;
  std::string layer;
};

enum class TrainEnd { kFinished, kDiverged, kInterrupted };

// What a training tells while it runs. Called on the training thread.
class TrainObserver {
 public:
  virtual ~TrainObserver() = default;
  virtual void OnEpochStart(int /*epoch*/, std::int64_t /*steps_in_epoch*/) {}
  virtual void OnStep(const StepRecord& /*step*/, int /*step_in_epoch*/,
                      double /*running_accuracy*/) {}
  // After the last training pass of the epoch, before its update: the network holds that batch's
  // maps, the gradient of its loss without penalties, and the weights that gave them.
  virtual void OnLastPass(int /*epoch*/) {}
  // `predictions`: log-probabilities of all test images, [image][class], after this epoch; empty
  // where none is looked at. While weights are averaged the network holds the average.
  // `is_best`: best so far by validation accuracy where images are held out, else by test accuracy
  // (the first of equals).
  virtual void OnEpoch(const EpochRecord& /*record*/, const std::vector<float>& /*predictions*/,
                       bool /*is_best*/) {}
  // Behind OnEpoch, where weights are averaged: the network holds those that are trained.
  virtual void OnTrainedWeights(int /*epoch*/) {}
};

struct TrainResult {
  TrainEnd end = TrainEnd::kFinished;
  std::vector<EpochRecord> epochs;
  int best_epoch = 0;
  FinalEvaluation last;   // when finished
  Divergence divergence;  // when diverged
};

// Throws UsageError: a number of epochs, steps, images or a penalty that makes no sense, an
// optimizer or a schedule that its own check refuses. `train_images` is the size of the training
// split.
void CheckTraining(const TrainOptions& options, std::size_t train_images);

// Steps of a whole training. Requires options that CheckTraining accepts.
std::int64_t TotalSteps(const TrainOptions& options, std::size_t train_images);

// Of them, those that are taken when `epoch` ends.
std::int64_t StepsAfterEpoch(const TrainOptions& options, std::size_t train_images, int epoch);

// Epochs that it begins: fewer than options.epochs where max_steps ends it earlier.
int TotalEpochs(const TrainOptions& options, std::size_t train_images);

// Trains `network` (already initialized) from `resume_path` when that file exists (throws DataError
// when it belongs to other options or is broken), else from its present parameters. After every
// epoch: observer, then the state is written to `resume_path` (empty: none). `stop` is looked at
// after every batch; a training that it stops goes on from its last finished epoch. A loss that is
// not finite, in training or in evaluation, ends the training as diverged, before that step's
// update. What a parameter's bounds exclude is moved to them after every update.
// `comparison`, where not null, follows the training, is part of its state, and fills the records'
// `statistics`; it estimates on the same images as FinalEvaluation's.
// Requires options that CheckTraining accepts and batch_size <= network.max_batch().
template <typename T>
TrainResult Train(Network<T>& network, const Dataset& dataset, const Augmentation* augmentation,
                  const TrainOptions& options, const std::string& resume_path,
                  TrainObserver& observer, const std::atomic<bool>& stop,
                  StatisticsComparison<T>* comparison = nullptr);

// Weights and buffers with PyTorch's names and shapes, in the order of the layers.
template <typename T>
void SaveCheckpoint(const std::string& path, Network<T>& network,
                    const std::map<std::string, std::string>& metadata);

// Every tensor of the network must be in the file with its shape, and nothing else may be;
// num_batches_tracked may be missing. Throws DataError naming the first tensor that does not fit.
template <typename T>
void LoadCheckpoint(const std::string& path, Network<T>& network);

}  // namespace normlab
