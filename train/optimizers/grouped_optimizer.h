// What all optimizers share: the count of steps, weight decay, and multipliers by group.
#pragma once

#include <algorithm>
#include <cassert>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "train/optimizer.h"

namespace normlab {

// PyTorch turns every factor into the tensor's type before it multiplies; so do the optimizers.
template <typename T>
class GroupedOptimizer : public Optimizer<T> {
 public:
  GroupedOptimizer(const OptimizerOptions& options, std::vector<ParameterGroup> groups)
      : weight_decay_(options.weight_decay),
        coupled_(HasCoupledDecay(options)),
        groups_(std::move(groups)) {}

  void Step(std::span<T> parameters, std::span<T> gradients, double lr, double momentum) final {
    assert(parameters.size() == size() && gradients.size() == size());
    ++steps_;
    for (const ParameterGroup& group : groups_) {
      const Tensors tensors = {parameters.subspan(group.offset, group.size),
                               gradients.subspan(group.offset, group.size), group.offset};
      const double rate = lr * group.lr_multiplier;
      if (weight_decay_ != 0) Decay(group, tensors, rate);
      Update(group, tensors, rate, momentum);
    }
  }
  // Decay's number stands before the update's own.
  UpdateRule rule() const final {
    UpdateRule rule = OwnRule();
    if (rule.statements.empty()) return rule;
    if (weight_decay_ != 0) {
      rule.statements = (coupled_ ? "g += n[0] * p; " : "p *= n[0]; ") + rule.statements;
    }
    ++rule.numbers;
    return rule;
  }
  std::vector<double> RuleNumbers(std::size_t offset, double lr, double momentum) const final {
    const auto behind = std::ranges::upper_bound(groups_, offset, {}, &ParameterGroup::offset);
    const ParameterGroup& group = *std::prev(behind);
    const double rate = lr * group.lr_multiplier;
    const double strength = weight_decay_ * group.decay_multiplier;
    std::vector<double> numbers = {coupled_ ? strength : 1 - rate * strength};
    std::ranges::copy(OwnNumbers(rate, momentum), std::back_inserter(numbers));
    return numbers;
  }
  std::int64_t steps() const final { return steps_; }
  void set_steps(std::int64_t steps) final { steps_ = steps; }

 protected:
  struct Tensors {
    std::span<T> parameters, gradients;
    std::size_t offset;  // of both in the flat vectors
  };

  // `rate` has the group's multiplier in it. After weight decay.
  virtual void Update(const ParameterGroup& group, const Tensors& tensors, double rate,
                      double momentum) = 0;

  // The update alone as a rule; its numbers are n[1], n[2], ...
  virtual UpdateRule OwnRule() const { return {}; }
  virtual std::vector<double> OwnNumbers(double /*rate*/, double /*momentum*/) const { return {}; }

  std::size_t size() const {
    return groups_.empty() ? 0 : groups_.back().offset + groups_.back().size;
  }

 private:
  void Decay(const ParameterGroup& group, const Tensors& tensors, double rate) const {
    const double strength = weight_decay_ * group.decay_multiplier;
    const std::size_t count = tensors.parameters.size();
    if (coupled_) {
      const T factor = static_cast<T>(strength);
      for (std::size_t i = 0; i < count; ++i) {
        tensors.gradients[i] += factor * tensors.parameters[i];
      }
    } else if (strength != 0) {
      const T factor = static_cast<T>(1 - rate * strength);
      for (T& parameter : tensors.parameters) parameter *= factor;
    }
  }

  double weight_decay_;
  bool coupled_;
  std::vector<ParameterGroup> groups_;
  std::int64_t steps_ = 0;
};

}  // namespace normlab
