#include "train/weight_update.h"

#include <algorithm>
#include <type_traits>

#include "train/bounds.h"
#include "train/gradient_clipping.h"
#include "train/parameter_groups.h"
#include "train/penalties.h"

namespace normlab {
namespace {

std::vector<double> DecayMultipliers(const std::vector<ParameterGroup>& groups, std::size_t size) {
  std::vector<double> multipliers(size);
  for (const ParameterGroup& group : groups) {
    std::fill_n(multipliers.begin() + static_cast<std::ptrdiff_t>(group.offset), group.size,
                group.decay_multiplier);
  }
  return multipliers;
}

}  // namespace

template <typename T>
WeightUpdate<T>::WeightUpdate(Network<T>& network, const TrainOptions& options,
                              std::int64_t total_steps)
    : network_(network),
      l1_(options.l1),
      l2_(HasCoupledDecay(options.optimizer) ? options.optimizer.weight_decay : 0),
      clip_norm_(options.clip_norm),
      l1_penalized_(PenalizedParameters(network.parameter_infos(), options.l1_conv_only)) {
  const std::vector<ParameterInfo>& infos = network.parameter_infos();
  const auto groups = ParameterGroups(infos, PenalizedParameters(infos, options.l2_conv_only),
                                      options.lr_multiplier, options.decay_multiplier);
  decay_multipliers_ = DecayMultipliers(groups, network.parameters().size());
  optimizer_ = MakeOptimizer<T>(options.optimizer, groups);
  UpdateRule rule = optimizer_->rule();
  if (!rule.statements.empty()) {
    rule.clip_norm = clip_norm_;
    on_device_ = network.MakeUpdate(rule);
  }
  if (options.average.name != "none") {
    average_ = std::make_unique<WeightAverage<T>>(options.average, network, total_steps);
  }
}

template <typename T>
void WeightUpdate<T>::Step(Rates rates) {
  if (on_device_ != nullptr) {
    StepOnDevice(rates);
  } else {
    StepHere(rates);
  }
  if (average_ != nullptr) average_->AfterStep(optimizer_->steps());
}

template <typename T>
void WeightUpdate<T>::StepHere(Rates rates) {
  if (l1_ > 0) AddL1Gradient<T>(l1_, l1_penalized_, network_.parameters(), network_.gradients());
  if (clip_norm_ > 0) ClipGradientNorm<T>(clip_norm_, network_.gradients());
  optimizer_->Step(network_.parameters(), network_.gradients(), rates.lr, rates.momentum);
  ApplyBounds<T>(network_.parameter_infos(), network_.parameters());
}

template <typename T>
void WeightUpdate<T>::StepOnDevice(Rates rates) {
  if (!device_has_state_) {
    ForEachState([&](int index, std::span<float> state) { on_device_->WriteState(index, state); });
    device_has_state_ = true;
  }
  optimizer_->set_steps(optimizer_->steps() + 1);
  table_.clear();
  for (const ParameterInfo& info : network_.parameter_infos()) {
    const double l1 = l1_penalized_[info.offset] != 0 ? l1_ : 0;
    for (const double value : {l1, info.bounds.lowest, info.bounds.highest}) {
      table_.push_back(static_cast<float>(value));
    }
    for (const double value : optimizer_->RuleNumbers(info.offset, rates.lr, rates.momentum)) {
      table_.push_back(static_cast<float>(value));
    }
  }
  on_device_->Step(table_);
}

template <typename T>
template <typename Visit>
void WeightUpdate<T>::ForEachState(const Visit& visit) {
  if constexpr (std::is_same_v<T, float>) {
    int index = 0;
    for (const OptimizerState<T>& state : optimizer_->state()) visit(index++, state.values);
  }
}

template <typename T>
Optimizer<T>& WeightUpdate<T>::optimizer() {
  if (device_has_state_) {
    ForEachState([&](int index, std::span<float> state) { on_device_->ReadState(index, state); });
    device_has_state_ = false;
  }
  return *optimizer_;
}

template <typename T>
double WeightUpdate<T>::PenaltyOfWeights() {
  return Penalty<T>(l1_, l1_penalized_, l2_, decay_multipliers_, network_.parameters());
}

template class WeightUpdate<float>;
template class WeightUpdate<double>;

}  // namespace normlab
