#include "train/weight_update.h"

#include <algorithm>

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
  if (options.average.name != "none") {
    average_ = std::make_unique<WeightAverage<T>>(options.average, network, total_steps);
  }
}

template <typename T>
void WeightUpdate<T>::Step(Rates rates) {
  if (l1_ > 0) AddL1Gradient<T>(l1_, l1_penalized_, network_.parameters(), network_.gradients());
  if (clip_norm_ > 0) ClipGradientNorm<T>(clip_norm_, network_.gradients());
  optimizer_->Step(network_.parameters(), network_.gradients(), rates.lr, rates.momentum);
  ApplyBounds<T>(network_.parameter_infos(), network_.parameters());
  if (average_ != nullptr) average_->AfterStep(optimizer_->steps());
}

template <typename T>
double WeightUpdate<T>::PenaltyOfWeights() {
  return Penalty<T>(l1_, l1_penalized_, l2_, decay_multipliers_, network_.parameters());
}

template class WeightUpdate<float>;
template class WeightUpdate<double>;

}  // namespace normlab
