// From the gradients of a batch to the network's new weights: the penalty's gradient, clipping, the
// optimizer, bounds, averaging, in this order.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/network.h"
#include "train/optimizer.h"
#include "train/schedule.h"
#include "train/trainer.h"
#include "train/weight_average.h"

namespace normlab {

template <typename T>
class WeightUpdate {
 public:
  // `options` has passed CheckTraining.
  WeightUpdate(Network<T>& network, const TrainOptions& options, std::int64_t total_steps);

  // Overwrites the gradients.
  void Step(Rates rates);

  std::int64_t steps() const { return optimizer_->steps(); }
  Optimizer<T>& optimizer() { return *optimizer_; }
  WeightAverage<T>* average() { return average_.get(); }  // null: weights are not averaged

  // What is descended beside the loss: of l1, and of l2 where its decay is coupled.
  double PenaltyOfWeights();

 private:
  Network<T>& network_;
  double l1_, l2_, clip_norm_;  // l2: as a penalty
  std::vector<std::uint8_t> l1_penalized_;
  std::vector<double> decay_multipliers_;
  std::unique_ptr<Optimizer<T>> optimizer_;
  std::unique_ptr<WeightAverage<T>> average_;
};

}  // namespace normlab
