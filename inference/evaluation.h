// What a trained network does on the images of a data set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inference/calibration.h"
#include "inference/checkpoint.h"
#include "inference/confusion.h"
#include "inference/trained_network.h"
#include "inference/wilson_interval.h"

namespace normlab {

struct EvaluationOptions {
  std::string data;            // a data set's name; empty: the checkpoint's own
  std::string split = "test";  // "test" | "train" | "validation"
  std::string data_dir;
  int batch = 0;  // images of a batch; 0: as many as in training
  // "shared" | "per_application": batch normalization also with statistics that are estimated anew
  // from training images, one set for a unit or one for each of its applications; empty: not.
  std::string reestimate;
  // train/test_views.h: also with several views of each image together; "none": not.
  std::string views = "none";
  EngineOptions engine;
};

struct Score {
  double loss = 0;  // mean over the images
  int correct = 0;
  double accuracy = 0;                   // percent
  ConfidenceInterval interval;           // of the accuracy, shares of 1
  std::vector<float> log_probabilities;  // [image][class]
};

struct EvaluationReport {
  std::string dataset, title, split;
  // In the order in which they are evaluated.
  std::vector<std::uint32_t> images;  // indices into the train or the test split
  std::vector<std::uint8_t> labels;
  std::vector<std::string> class_names;
  int batch = 0, last_batch = 0;
  Score score;  // batch normalization with its running statistics
  // Of `score`'s predictions.
  ConfusionMatrix confusion;
  std::vector<ClassScore> classes;
  Calibration calibration;
  // Batch normalization alone: with the statistics of each batch; empty where a batch leaves a
  // channel one value, which `no_batch_statistics` then says.
  std::optional<Score> on_batch;
  std::string no_batch_statistics;
  int changed = 0;  // images whose prediction is another one on_batch
  // Where it was asked for: with re-estimated statistics, from how many training images, and how
  // many predictions are other ones.
  std::optional<Score> reestimated;
  int reestimated_from = 0, reestimated_changed = 0;
  // Where it was asked for: as `score`, the logits of several views of an image averaged.
  std::optional<Score> views;
  int views_changed = 0;
  std::vector<std::string> warnings;
};

// The numbers of the same engine, instruction set and batch are those that training wrote, bit for
// bit. Throws UsageError for a split or a data set that there is not, and for statistics that
// cannot be re-estimated (inference/reestimation.h); DataError for data that do not fit the
// checkpoint and for a network whose output is not finite.
EvaluationReport EvaluateCheckpoint(const Checkpoint& checkpoint, const EvaluationOptions& options);

// log_probabilities [N, classes] F32, labels [N] U8, images [N] I32 (their indices in the split)
// and, where there are any, log_probabilities_on_batch_statistics,
// log_probabilities_on_reestimated_statistics and log_probabilities_of_views.
void WriteEvaluationPredictions(const std::string& path, const EvaluationReport& report);

}  // namespace normlab
