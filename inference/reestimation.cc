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

// The weights, and what the file's running statistics, of its own sets, are to each application: an
// equation may read them beside its batch's.
template <typename T>
void LoadNetwork(const Checkpoint& checkpoint, Network<T>& network) {
  const auto own = MakeReferenceNetwork<T>(checkpoint.architecture, 1);
  LoadCheckpoint(checkpoint.path, *own);
  std::ranges::copy(own->parameters(), network.parameters().begin());
  for (std::size_t site = 0; site < network.statistics_sites().size(); ++site) {
    const auto &from = own->statistics_sites()[site].values,
               &to = network.statistics_sites()[site].values;
    for (std::size_t i = 0; i < to.size(); ++i) {
      std::ranges::copy(own->buffers().subspan(from[i].buffer, from[i].size),
                        network.buffers().begin() + static_cast<std::ptrdiff_t>(to[i].buffer));
    }
  }
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
  if (!checkpoint.architecture.plan->sites.empty()) return;
  throw UsageError(fmt::format(
      "--reestimate: {} is a network with norm = {}, which keeps no running statistics; leave it "
      "out",
      checkpoint.path, NormLabel(checkpoint.config.norm)));
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
        LoadNetwork(checkpoint, network);
        UseReestimated(reestimation.sets, training, network);
        evaluation = Evaluate(network, evaluated.source, evaluated.images, &log_probabilities);
        CheckFinite(evaluation.loss, network, checkpoint);
      });
  return evaluation;
}

}  // namespace normlab
