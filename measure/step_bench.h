// A network's training step on one synthetic batch: whole, task by task, its convolutions alone,
// and its evaluation.
#pragma once

#include <memory>
#include <vector>

#include "engine/fast/fast_network.h"
#include "measure/synthetic_batch.h"
#include "train/optimizer.h"

namespace normlab {

// Where one step's time went. Times of tasks are sums over the threads that ran them.
struct StepTimes {
  double pass = 0;       // forward, backward and the sum of the blocks' gradients, by the clock
  double optimizer = 0;  // by the clock; one thread works
  std::vector<double> tasks;  // seconds, [operation][phase]

  double of(std::size_t operation, Phase phase) const {
    return tasks[operation * kPhases + static_cast<std::size_t>(phase)];
  }
};

class StepBench {
 public:
  // `optimizer`: a name, its arguments at their defaults.
  StepBench(const Architecture& architecture, int batch, const FastOptions& options,
            const std::string& optimizer = "sgd");

  // Weights and momentum as at the very first step, so that every round measures the same steps
  // and none of them trains until its gradients fade.
  void Restart();

  // Seconds by the clock.
  double Step();               // a training step with its optimizer's update
  double ConvolutionsAlone();  // of a step whose maps are those of the last step
  double Evaluate();

  // A step as Step does it, every task timed.
  StepTimes ProfiledStep();

  FastNetwork& network() { return *network_; }
  int batch_size() const { return images_.batch().count; }

 private:
  const Architecture architecture_;
  const std::string optimizer_kind_;
  SyntheticBatch images_;
  std::unique_ptr<FastNetwork> network_;
  std::unique_ptr<Optimizer<float>> optimizer_;
  StepProfile profile_;
  std::vector<float> log_probabilities_;
  std::uint32_t step_ = 0;
};

}  // namespace normlab
