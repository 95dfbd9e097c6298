// SGD and Adam over one flat parameter vector, PyTorch's arithmetic to the letter.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace normlab {

struct OptimizerOptions {
  std::string name = "sgd";  // "sgd" | "adam"
  double lr = 0.01;
  double momentum = 0.0;  // of SGD; Adam's beta1 is 0.9 and OneCycleLR cycles it, as in PyTorch
  bool nesterov = false;
  double weight_decay = 0.0;  // l2, coupled: gradient += weight_decay * parameter, where `decayed`
};

// A named piece of state for a checkpoint: momentum buffers, Adam's moments.
template <typename T>
struct OptimizerState {
  std::string name;
  std::span<T> values;
};

template <typename T>
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  // Reads and may overwrite `gradients`. lr and momentum (for Adam: beta1) are the schedule's for
  // this step.
  virtual void Step(std::span<T> parameters, std::span<T> gradients, double lr,
                    double momentum) = 0;
  virtual std::vector<OptimizerState<T>> state() = 0;
  virtual std::int64_t steps() const = 0;
  virtual void set_steps(std::int64_t steps) = 0;
};

// Throws UsageError: unknown optimizer (with the nearest name), a value out of range, nesterov
// without SGD's momentum.
void CheckOptimizer(const OptimizerOptions& options);

// What a schedule starts from and may cycle: SGD's momentum, Adam's beta1.
double InitialMomentum(const OptimizerOptions& options);

// `decayed[i]` says whether weight decay acts on parameter i.
template <typename T>
std::unique_ptr<Optimizer<T>> MakeOptimizer(const OptimizerOptions& options,
                                            std::vector<std::uint8_t> decayed);

}  // namespace normlab
