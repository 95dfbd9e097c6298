// The same weights evaluated with every kind of batch normalization's statistics, epoch after
// epoch. Training never reads running statistics, so one training serves all kinds, and noise
// between seeds does not enter what tells them apart.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/network.h"
#include "train/batches.h"
#include "train/site_statistics.h"
#include "train/training_records.h"

namespace normlab {

// The kinds that differ in a network with these sites: without a unit that is applied several
// times kShared, kReestimatedShared and kBatch.
std::vector<StatisticsKind> StatisticsKinds(const std::vector<StatisticsSite>& sites);

struct EvaluationImages {
  ImageBatch& source;
  const std::vector<std::uint32_t>& images;
};

template <typename T>
class StatisticsComparison {
 public:
  // `evaluating` has the trained network's parameters and a set of statistics for each application.
  StatisticsComparison(std::unique_ptr<Network<T>> evaluating, double momentum);

  // After each of the trained network's training passes: the running statistics go on.
  void AfterPass(const Network<T>& trained);

  // The test images with every kind in turn, after `epoch`. The trained network is only read.
  std::vector<StatisticsScore> Evaluate(int epoch, Network<T>& trained, EvaluationImages test,
                                        EvaluationImages training);

  // Everything that goes on from epoch to epoch.
  struct State {
    std::string name;
    SiteStatistics<T>& values;
  };
  std::vector<State> state();

 private:
  std::unique_ptr<Network<T>> network_;
  double momentum_;
  SiteStatistics<T> shared_, per_application_;
};

}  // namespace normlab
