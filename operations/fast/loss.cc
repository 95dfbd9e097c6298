#include "operations/fast/loss.h"

#include <cmath>

namespace normlab {

LogSoftmaxLoss::LogSoftmaxLoss(const BlockTensor& logits, const BlockTensor& gradient,
                               int max_blocks)
    : logits_(logits),
      gradient_(gradient),
      classes_(logits.shape().channels),
      losses_(static_cast<std::size_t>(max_blocks) * kBlock),
      correct_(losses_.size()) {}

void LogSoftmaxLoss::Forward(const Pass& pass, WorkUnit unit) {
  const int live = pass.live_lanes(unit.block);
  for (int lane = 0; lane < live; ++lane) Image(pass, unit, lane);
  const BlockView gradient = gradient_.block(unit);
  for (int lane = live; lane < kBlock; ++lane) {
    for (int c = 0; c < classes_; ++c) gradient.at(c, 0, 0)[lane] = 0.0f;
  }
}

void LogSoftmaxLoss::Image(const Pass& pass, WorkUnit unit, int lane) {
  const int image = unit.block * kBlock + lane;
  const int label = pass.batch->labels[image];
  const BlockView x = logits_.block(unit), gradient = gradient_.block(unit);
  int largest = 0;
  for (int c = 1; c < classes_; ++c) {
    if (x.at(c, 0, 0)[lane] > x.at(largest, 0, 0)[lane]) largest = c;
  }
  const double maximum = x.at(largest, 0, 0)[lane];
  double sum = 0;
  for (int c = 0; c < classes_; ++c) sum += std::exp(x.at(c, 0, 0)[lane] - maximum);
  const double log_sum = maximum + std::log(sum);
  losses_[image] = log_sum - x.at(label, 0, 0)[lane];
  correct_[image] = largest == label;
  for (int c = 0; c < classes_; ++c) {
    const double log_probability = x.at(c, 0, 0)[lane] - log_sum;
    if (!log_probabilities_.empty()) {
      log_probabilities_[static_cast<std::size_t>(image) * classes_ + c] =
          static_cast<float>(log_probability);
    }
    if (pass.mode == Mode::kTrain) {
      const double probability = std::exp(log_probability);
      gradient.at(c, 0, 0)[lane] =
          static_cast<float>((probability - (c == label ? 1.0 : 0.0)) / pass.batch->count);
    }
  }
}

BatchResult LogSoftmaxLoss::Result(int count) const {
  BatchResult result;
  for (int image = 0; image < count; ++image) {
    result.loss_sum += losses_[image];
    result.correct += correct_[image];
  }
  return result;
}

}  // namespace normlab
