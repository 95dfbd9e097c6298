#include "train/statistics_comparison.h"

#include <algorithm>

#include "train/evaluate.h"

namespace normlab {
std::vector<StatisticsKind> StatisticsKinds(const std::vector<StatisticsSite>& sites) {
  return StatisticsKinds(
      std::ranges::any_of(sites, [](const StatisticsSite& site) { return site.application > 1; }));
}

template <typename T>
StatisticsComparison<T>::StatisticsComparison(std::unique_ptr<Network<T>> evaluating,
                                              double momentum)
    : network_(std::move(evaluating)),
      momentum_(momentum),
      shared_(InitialStatistics<T>(network_->statistics_sites())),
      per_application_(shared_) {}

template <typename T>
void StatisticsComparison<T>::AfterPass(const Network<T>& trained) {
  const std::vector<StatisticsSite>& sites = network_->statistics_sites();
  UpdateRunning(sites, trained.batch_statistics(), momentum_, true, shared_);
  UpdateRunning(sites, trained.batch_statistics(), momentum_, false, per_application_);
}

template <typename T>
std::vector<StatisticsScore> StatisticsComparison<T>::Evaluate(int epoch, Network<T>& trained,
                                                               EvaluationImages test,
                                                               EvaluationImages training) {
  using enum StatisticsKind;
  const std::vector<StatisticsSite>& sites = network_->statistics_sites();
  std::ranges::copy(trained.parameters(), network_->parameters().begin());
  // An equation may read running values beside its batch's.
  UseStatistics<T>(per_application_, *network_);
  const auto estimated = EstimateStatistics(*network_, training.source, training.images);
  const auto pooled = PooledOverApplications(sites, estimated, training.images.size());
  std::vector<StatisticsScore> scores;
  for (const StatisticsKind kind : StatisticsKinds(sites)) {
    if (kind == kShared) UseStatistics<T>(shared_, *network_);
    if (kind == kPerApplication) UseStatistics<T>(per_application_, *network_);
    if (kind == kReestimatedShared) UseStatistics<T>({pooled.begin(), pooled.end()}, *network_);
    if (kind == kReestimatedPerApplication) {
      UseStatistics<T>({estimated.begin(), estimated.end()}, *network_);
    }
    if (kind == kBatch) UseStatistics<T>(per_application_, *network_);
    const Evaluation evaluation =
        kind == kBatch ? EvaluateOnBatchStatistics(*network_, test.source, test.images, nullptr)
                       : normlab::Evaluate(*network_, test.source, test.images, nullptr);
    scores.push_back({epoch, kind, evaluation.loss, evaluation.accuracy});
  }
  return scores;
}

template <typename T>
std::vector<typename StatisticsComparison<T>::State> StatisticsComparison<T>::state() {
  return {{"statistics.shared", shared_}, {"statistics.per_application", per_application_}};
}

template class StatisticsComparison<float>;
template class StatisticsComparison<double>;

}  // namespace normlab
