// The weights that an evaluation looks at.
#pragma once

#include "train/site_statistics.h"
#include "train/statistics_comparison.h"
#include "train/weight_average.h"

namespace normlab {

// While it lives the network holds the average and the running statistics that belong to it; then
// again what it held. Without an average it changes nothing.
template <typename T>
class EvaluatedWeights {
 public:
  // `training`: images to estimate statistics on, where the average does.
  EvaluatedWeights(Network<T>& network, WeightAverage<T>* average, EvaluationImages training)
      : average_(average) {
    if (average_ == nullptr) return;
    average_->Swap();
    if (average_->reestimates() && !network.statistics_sites().empty()) {
      Reestimate(network, training);
    }
  }
  ~EvaluatedWeights() {
    if (average_ != nullptr) average_->Swap();
  }
  EvaluatedWeights(const EvaluatedWeights&) = delete;
  EvaluatedWeights& operator=(const EvaluatedWeights&) = delete;

 private:
  // One set of statistics for all applications of a layer, or one for each.
  static bool SharesSets(const std::vector<StatisticsSite>& sites) {
    for (const StatisticsSite& site : sites) {
      for (const StatisticsSite& other : sites) {
        const bool same = site.values.front().buffer == other.values.front().buffer;
        if (&site != &other && same) return true;
      }
    }
    return false;
  }

  static void Reestimate(Network<T>& network, EvaluationImages training) {
    const std::vector<StatisticsSite>& sites = network.statistics_sites();
    SiteStatistics<double> found = EstimateStatistics(network, training.source, training.images);
    if (SharesSets(sites)) found = PooledOverApplications(sites, found, training.images.size());
    UseStatistics<T>({found.begin(), found.end()}, network);
  }

  WeightAverage<T>* average_;
};

}  // namespace normlab
