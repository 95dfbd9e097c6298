// Optimizers over one flat parameter vector, PyTorch's arithmetic to the letter.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/choice.h"
#include "engine/device_update.h"
#include "operations/fast/simd.h"
#include "train/parameter_groups.h"

namespace normlab {

// `kind` is a name and what it takes beside the keys, as PyTorch names and presets it:
//   sgd                                momentum and nesterov are the keys
//   adam adamw  beta1 beta2 eps        adamw's weight decay is decoupled
//   rmsprop     alpha eps centered momentum
//   muon        ns_steps adjust_lr rescale others others_lr beta1 beta2 eps (optimizers/muon.cc)
struct OptimizerOptions {
  Choice kind = "sgd";
  double lr = 0.01;
  double momentum = 0.0;  // of SGD and Muon
  bool nesterov = false;  // the same
  double weight_decay = 0.0;
  // "own": as PyTorch's optimizer of that name has it; "coupled": gradient += weight_decay *
  // parameter; "decoupled": parameter *= 1 - lr * weight_decay, before the step.
  std::string decay = "own";
  Simd simd = BestSimd();  // of Muon's matrix products in float
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
  // The same step where a network carries it out itself; its states are those of state(), in their
  // order. Without statements: it is done here alone.
  virtual UpdateRule rule() const { return {}; }
  // The rule's numbers of the tensor at `offset`, in the step that steps() counts last.
  virtual std::vector<double> RuleNumbers(std::size_t /*offset*/, double /*lr*/,
                                          double /*momentum*/) const {
    return {};
  }
  virtual std::int64_t steps() const = 0;
  virtual void set_steps(std::int64_t steps) = 0;
};

const ChoiceFamily& OptimizerFamily();

// Throws UsageError: unknown optimizer or argument (with the nearest name), a value out of range,
// nesterov without momentum, coupled decay of what has decoupled in its name.
void CheckOptimizer(const OptimizerOptions& options);

// What a schedule starts from and may cycle: a momentum, or Adam's beta1.
double InitialMomentum(const OptimizerOptions& options);

// Whether the keys momentum and nesterov have an effect.
bool TakesMomentum(const OptimizerOptions& options);

// Whether weight decay is a penalty, l2 / 2 * sum p^2, of what the optimizer descends.
bool HasCoupledDecay(const OptimizerOptions& options);

// `groups` cover the parameters. Throws as CheckOptimizer.
template <typename T>
std::unique_ptr<Optimizer<T>> MakeOptimizer(const OptimizerOptions& options,
                                            std::vector<ParameterGroup> groups);

}  // namespace normlab
