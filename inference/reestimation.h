// Batch normalization's statistics of evaluation, estimated anew from training images with the
// trained weights: what they are without the lag of running means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/checkpoint.h"
#include "inference/trained_network.h"
#include "train/batches.h"
#include "train/evaluate.h"
#include "train/statistics_comparison.h"

namespace normlab {

struct Reestimation {
  std::string sets;  // "shared": one for a unit; "per_application": one for each application
  EngineOptions engine;
  int batch = 0;  // images of a batch, of both passes
};

// Throws UsageError naming the flag: for another word, and for a network that keeps no statistics.
void CheckReestimation(const Checkpoint& checkpoint, const std::string& sets);

// `evaluated` with the checkpoint's weights and the statistics of `training` (EstimateStatistics),
// pooled over a unit's applications where they are shared, whatever the checkpoint's own training
// kept. `log_probabilities` becomes [image][class].
// Throws UsageError where the last batch of `training` leaves a channel one value, and DataError
// for a network whose output is not finite. Requires what CheckReestimation accepts and at least
// one image of each.
Evaluation EvaluateReestimated(const Checkpoint& checkpoint, const Reestimation& reestimation,
                               EvaluationImages training, EvaluationImages evaluated,
                               std::vector<float>& log_probabilities);

}  // namespace normlab
