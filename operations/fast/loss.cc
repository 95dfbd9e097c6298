#include "operations/fast/loss.h"

#include <algorithm>
#include <cmath>

namespace normlab {
namespace {

// What one image is: a class, or shares of all of them.
class Target {
 public:
  Target(const Batch& batch, int image, int classes)
      : classes_(classes),
        label_(batch.distributions == nullptr ? batch.labels[image] : 0),
        shares_(batch.distributions == nullptr
                    ? nullptr
                    : batch.distributions + static_cast<std::size_t>(image) * classes) {}

  double share(int c) const {
    if (shares_ != nullptr) return shares_[c];
    return c == label_ ? 1.0 : 0.0;
  }
  double smoothed(int c, double smoothing) const {
    return smoothing == 0 ? share(c) : (1 - smoothing) * share(c) + smoothing / classes_;
  }

  int largest() const {
    if (shares_ == nullptr) return label_;
    return static_cast<int>(std::max_element(shares_, shares_ + classes_) - shares_);
  }

  double CrossEntropy(const BlockView& x, int lane, double log_sum) const {
    if (shares_ == nullptr) return log_sum - x.at(label_, 0, 0)[lane];
    double sum = 0;
    for (int c = 0; c < classes_; ++c) sum += share(c) * (log_sum - x.at(c, 0, 0)[lane]);
    return sum;
  }

 private:
  int classes_, label_;
  const float* shares_;
};

}  // namespace

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
  const Target target(*pass.batch, image, classes_);
  const BlockView x = logits_.block(unit);
  int largest = 0;
  for (int c = 1; c < classes_; ++c) {
    if (x.at(c, 0, 0)[lane] > x.at(largest, 0, 0)[lane]) largest = c;
  }
  const double maximum = x.at(largest, 0, 0)[lane];
  double sum = 0;
  for (int c = 0; c < classes_; ++c) sum += std::exp(x.at(c, 0, 0)[lane] - maximum);
  const double log_sum = maximum + std::log(sum);
  losses_[image] = target.CrossEntropy(x, lane, log_sum);
  correct_[image] = largest == target.largest();
  if (!log_probabilities_.empty()) {
    float* row = &log_probabilities_[static_cast<std::size_t>(image) * classes_];
    for (int c = 0; c < classes_; ++c) {
      row[c] = static_cast<float>(x.at(c, 0, 0)[lane] - log_sum);
    }
  }
  if (pass.mode == Mode::kTrain) WriteGradient(pass, unit, lane, log_sum);
}

void LogSoftmaxLoss::WriteGradient(const Pass& pass, WorkUnit unit, int lane, double log_sum) {
  const Target target(*pass.batch, unit.block * kBlock + lane, classes_);
  const BlockView x = logits_.block(unit), gradient = gradient_.block(unit);
  const double smoothing = pass.batch->label_smoothing;
  for (int c = 0; c < classes_; ++c) {
    const double probability = std::exp(x.at(c, 0, 0)[lane] - log_sum);
    gradient.at(c, 0, 0)[lane] =
        static_cast<float>((probability - target.smoothed(c, smoothing)) / pass.batch->count);
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
