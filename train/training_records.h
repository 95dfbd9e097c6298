// What a training tells of itself, as plain data: what records/ writes down and a report reads
// again. Losses are means over images without penalties, accuracies in percent.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "norm/statistics_kind.h"

namespace normlab {

struct StepRecord {
  std::int64_t step = 0;  // 1-based over the whole training
  double loss = 0;        // of the batch
  double lr = 0;
  double momentum = 0;
};

// The test set evaluated with one kind of statistics, of the weights that an epoch leaves.
struct StatisticsScore {
  int epoch = 0;
  StatisticsKind kind = StatisticsKind::kShared;
  double test_loss = 0;  // may be not finite; of a file NaN then
  double test_accuracy = 0;
};

struct EpochRecord {
  int epoch = 0;  // 1-based
  double train_loss = 0;
  double train_accuracy = 0;  // running over the epoch's training batches, as the seeds print it
  double test_loss = 0;       // NaN where no test image is looked at
  double test_accuracy = 0;
  double penalty = 0;        // of l1 and l2, of the weights that the epoch leaves; NaN: not known
  double learning_rate = 0;  // of the epoch's last step
  double seconds = 0;        // training part of the epoch
  double images_per_second = 0;
  double validation_loss = 0;  // meaningful when validation > 0
  double validation_accuracy = 0;
  int test_correct = 0;
  // Of several views of each test image together; NaN where they are not evaluated.
  double views_loss = std::numeric_limits<double>::quiet_NaN();
  double views_accuracy = std::numeric_limits<double>::quiet_NaN();
  std::vector<StatisticsScore> statistics;  // where they are compared
};

// visit(name, number, later) with every number of a record, so that writing and reading a state
// cannot come apart. `later`: states of before it was there lack it.
template <class Record, class Visit>
void VisitNumbers(Record& record, const Visit& visit) {
  visit("epoch", record.epoch, false);
  visit("train_loss", record.train_loss, false);
  visit("train_accuracy", record.train_accuracy, false);
  visit("test_loss", record.test_loss, true);
  visit("test_accuracy", record.test_accuracy, true);
  visit("penalty", record.penalty, true);
  visit("learning_rate", record.learning_rate, false);
  visit("seconds", record.seconds, false);
  visit("images_per_second", record.images_per_second, false);
  visit("validation_loss", record.validation_loss, false);
  visit("validation_accuracy", record.validation_accuracy, false);
  visit("test_correct", record.test_correct, false);
  visit("views_loss", record.views_loss, true);
  visit("views_accuracy", record.views_accuracy, true);
}

// A unit at the last training batch of an epoch. Means and deviations are over all images, channels
// and pixels of the batch.
struct LayerStatistics {
  int epoch = 0;
  std::string layer;
  int application = 1;                           // 1, 2, ... where the unit is repeated
  double mean_before = 0, deviation_before = 0;  // of what the normalization reads
  double mean_after = 0, deviation_after = 0;    // of what it gives; without one, the same
  // Euclidean norms over the convolution's weights: of the gradient that the network holds, summed
  // over all applications, and of the weights.
  double gradient_norm = 0, weight_norm = 0;
  // How far the batch's statistics b are from the running ones r, as the root of the mean over the
  // channels; NaN where no running statistics are kept:
  //   mean:      (mean_b - mean_r)^2 / (var_r + eps)
  //   variance:  ln^2((var_b + eps) / (var_r + eps)), both unbiased, as the running one is
  double running_mean_distance = 0, running_variance_distance = 0;
};

// A learned value of a layer after an epoch, or a statement of its normalization's equation that
// follows from learned values alone; over all of its elements. One that several applications of a
// layer share is one.
struct LearnedValue {
  int epoch = 0;
  std::string layer;
  std::string part;  // "norm", "conv"
  std::string name;  // "gate"
  bool is_statement = false;
  int count = 1;  // of elements
  double mean = 0, deviation = 0, lowest = 0, highest = 0;
};

// What must be equal between two trainings for their difference to be the method's. The hashes are
// SHA-256 in 64 hexadecimal digits, over little-endian values.
struct TrainingConditions {
  std::uint64_t parameters = 0;
  int batch_size = 0;
  std::int64_t steps = 0;  // that the training will take, if nothing ends it
  // The convolutions' weights, in the order of the layers, as float32: what networks of one
  // architecture have in common whatever normalizes them.
  std::string initial_weights;
  // Indices of the training images, uint32, of the first kHashedEpochs epochs one after the other.
  std::string data_order;
  std::string first_images;  // the first 128 of that order as the network is given them, float32
};

// The network after its last epoch, beside what that epoch's record says of it.
struct FinalEvaluation {
  // Up to kCleanTrainImages of the training images in evaluation mode, without augmentation; the
  // same ones for every training on the same images.
  int clean_train_images = 0;
  double clean_train_loss = 0, clean_train_accuracy = 0;
  // The test set in batches of batch_size, each normalized with its own statistics; only where the
  // network keeps running ones.
  std::optional<double> batch_statistics_test_loss, batch_statistics_test_accuracy;
};

}  // namespace normlab
