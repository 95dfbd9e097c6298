#include "inference/reestimation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "engine/make_network.h"
#include "inference/last_batch.h"
#include "norm/norm.h"
#include "train/site_statistics.h"

namespace normlab {
namespace {

void CheckLastBatch(const Checkpoint& checkpoint, std::size_t images, int batch) {
  const std::string why = WhyNoBatchStatistics(checkpoint.architecture, LastBatch(images, batch));
  if (why.empty()) return;
  throw UsageError(
      fmt::format("--reestimate: {} training images in batches of {}: {}", images, batch, why));
}

// The weights alone: the file's running statistics are those of its own sets.
template <typename T>
void LoadParameters(const Checkpoint& checkpoint, Network<T>& network) {
  const auto own = MakeReferenceNetwork<T>(checkpoint.architecture, 1);
  LoadCheckpoint(checkpoint.path, *own);
  std::ranges::copy(own->parameters(), network.parameters().begin());
}

template <typename T>
void UseReestimated(const std::string& sets, EvaluationImages training, Network<T>& network) {
  SiteStatistics<double> estimated = EstimateStatistics(network, training.source, training.images);
  if (sets == "shared") {
    estimated =
        PooledOverApplications(network.statistics_sites(), estimated, training.images.size());
  }
  UseStatistics<T>({estimated.begin(), estimated.end()}, network);
}

}  // namespace

void CheckReestimation(const Checkpoint& checkpoint, const std::string& sets) {
  if (sets != "shared" && sets != "per_application") {
    throw UsageError(fmt::format("--reestimate {}: expected shared or per_application", sets));
  }
  if (checkpoint.architecture.options.norm->running_statistics) return;
  throw UsageError(fmt::format(
      "--reestimate: {} is a network with norm = {}, which keeps no running statistics; leave it "
      "out",
      checkpoint.path, checkpoint.config.norm));
}

Evaluation EvaluateReestimated(const Checkpoint& checkpoint, const Reestimation& reestimation,
                               EvaluationImages training, EvaluationImages evaluated,
                               std::vector<float>& log_probabilities) {
  CheckLastBatch(checkpoint, training.images.size(), reestimation.batch);
  ModelOptions options = checkpoint.architecture.options;
  options.statistics_per_application = true;
  const Architecture architecture = WithOptions(checkpoint.architecture, options);
  Evaluation evaluation;
  UseNewNetwork(
      architecture, checkpoint, reestimation.engine, reestimation.batch, [&](auto& network) {
        LoadParameters(checkpoint, network);
        UseReestimated(reestimation.sets, training, network);
        evaluation = Evaluate(network, evaluated.source, evaluated.images, &log_probabilities);
        CheckFinite(evaluation.loss, network, checkpoint);
      });
  return evaluation;
}

}  // namespace normlab
