#include "train/weight_average.h"

#include <algorithm>
#include <cmath>

namespace normlab {

const ChoiceFamily& AverageFamily() {
  using enum ArgumentDomain;
  const WordArgument statistics = {"statistics", {"blended", "reestimated"}};
  static const ChoiceFamily family = {
      "average",
      {{"none", {}, {}},
       {"ema", {{"decay", 0.999, kBelowOne}, {"every", 1, kCount}}, {statistics}},
       {"lookahead",
        {{"decay", 0.5, kFraction}, {"every", 5, kCount}, {"ramp", 0, kNotNegative}},
        {statistics}}}};
  return family;
}

template <typename T>
WeightAverage<T>::WeightAverage(const Choice& average, Network<T>& network,
                                std::int64_t total_steps)
    : network_(network),
      is_lookahead_(average.name == "lookahead"),
      reestimates_(WordOf(AverageFamily(), average, "statistics") == "reestimated"),
      decay_(NumberOf(AverageFamily(), average, "decay")),
      ramp_(is_lookahead_ ? NumberOf(AverageFamily(), average, "ramp") : 0),
      every_(static_cast<std::int64_t>(NumberOf(AverageFamily(), average, "every"))),
      total_steps_(total_steps),
      started_(is_lookahead_),
      weights_(network.parameters().begin(), network.parameters().end()),
      buffers_(network.buffers().begin(), network.buffers().end()) {}

// average + (1 - decay) (weights - average), as torch.lerp has it for weights below a half.
template <typename T>
void WeightAverage<T>::Blend(double decay, std::span<const T> from, std::vector<T>& average) const {
  const T take = static_cast<T>(1 - decay), keep = static_cast<T>(decay);
  for (std::size_t i = 0; i < average.size(); ++i) {
    average[i] = take < T{0.5} ? average[i] + take * (from[i] - average[i])
                               : from[i] - (from[i] - average[i]) * keep;
  }
}

template <typename T>
void WeightAverage<T>::AfterStep(std::int64_t step) {
  if (step % every_ != 0) return;
  const double part = static_cast<double>(step) / static_cast<double>(total_steps_);
  const double decay = started_ ? decay_ * std::pow(part, ramp_) : 0;
  started_ = true;
  Blend(decay, network_.parameters(), weights_);
  if (!reestimates_) Blend(decay, network_.buffers(), buffers_);
  if (!is_lookahead_) return;
  std::ranges::copy(weights_, network_.parameters().begin());
  if (!reestimates_) std::ranges::copy(buffers_, network_.buffers().begin());
}

template <typename T>
void WeightAverage<T>::Swap() {
  if (!started_) return;
  std::ranges::swap_ranges(weights_, network_.parameters());
  std::ranges::swap_ranges(buffers_, network_.buffers());
}

template <typename T>
std::vector<typename WeightAverage<T>::State> WeightAverage<T>::state() {
  return {{"average.weights", weights_}, {"average.statistics", buffers_}};
}

template class WeightAverage<float>;
template class WeightAverage<double>;

}  // namespace normlab
