// Weights averaged over the steps of a training, and evaluated in the place of the trained ones.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/choice.h"
#include "engine/network.h"

namespace normlab {

//   none
//   ema        decay every statistics        torch.optim.swa_utils.AveragedModel with
//                                            get_ema_multi_avg_fn(decay) and use_buffers = True
//   lookahead  decay every ramp statistics   Zhang et al. 2019; airbench's with decay = 0.95^5 and
//                                            ramp = 3
// After every `every` steps average = decay average + (1 - decay) weights; of ema the first time
// average = weights, of lookahead it starts as the initial weights, decay is decay (step /
// steps)^ramp, and the weights become the average. `statistics`: running statistics are "blended"
// as the weights are, or "reestimated" over training images whenever the average is evaluated.
const ChoiceFamily& AverageFamily();

template <typename T>
class WeightAverage {
 public:
  // `average` has passed CheckChoice and is not none. Reads the network's present weights.
  WeightAverage(const Choice& average, Network<T>& network, std::int64_t total_steps);

  // After step `step`, from 1, updated the network.
  void AfterStep(std::int64_t step);

  // Exchanges the average with the network's weights and, where they are blended, its running
  // statistics: called twice, nothing has changed. Before the first update the average is the
  // weights as they are.
  void Swap();

  bool reestimates() const { return reestimates_; }

  // For a checkpoint.
  struct State {
    std::string name;
    std::span<T> values;
  };
  std::vector<State> state();
  // The values of `state` are those after `steps` steps.
  void Resume(std::int64_t steps) { started_ = is_lookahead_ || steps >= every_; }

 private:
  void Blend(double decay, std::span<const T> from, std::vector<T>& average) const;

  Network<T>& network_;
  bool is_lookahead_, reestimates_;
  double decay_, ramp_;
  std::int64_t every_, total_steps_;
  bool started_;
  std::vector<T> weights_, buffers_;
};

}  // namespace normlab
