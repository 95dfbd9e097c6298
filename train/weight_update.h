// From the gradients of a batch to the network's new weights: the penalty's gradient, clipping, the
// optimizer, bounds, averaging, in this order; up to the bounds on the device where the weights
// lie.
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
  // To read its state, or to write it.
  Optimizer<T>& optimizer();
  WeightAverage<T>* average() { return average_.get(); }  // null: weights are not averaged

  // What is descended beside the loss: of l1, and of l2 where its decay is coupled.
  double PenaltyOfWeights();

 private:
  void StepHere(Rates rates);
  void StepOnDevice(Rates rates);
  template <typename Visit>  // visit(index, values)
  void ForEachState(const Visit& visit);

  Network<T>& network_;
  double l1_, l2_, clip_norm_;  // l2: as a penalty
  std::vector<std::uint8_t> l1_penalized_;
  std::vector<double> decay_multipliers_;
  std::unique_ptr<Optimizer<T>> optimizer_;
  std::unique_ptr<WeightAverage<T>> average_;
  // Where the network carries out the steps: who does, whether the optimizer's state is with it,
  // and what it is told of each tensor.
  std::unique_ptr<DeviceUpdate> on_device_;
  bool device_has_state_ = false;
  std::vector<float> table_;
};

}  // namespace normlab
