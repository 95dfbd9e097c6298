// Softmax regression behind the Network interface: small enough to check a training loop by hand,
// with everything a real network has: two kinds of parameters, a running statistic that evaluation
// uses, a counter, and decisions addressed by (seed, epoch, image).
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/philox.h"
#include "engine/network.h"

namespace normlab {

template <typename T>
class SoftmaxNetwork : public Network<T> {
 public:
  static constexpr int kMaxBatch = 40;

  SoftmaxNetwork(Shape shape, int classes)
      : shape_(shape),
        classes_(classes),
        pixels_(static_cast<int>(shape.size())),
        parameters_(static_cast<std::size_t>(classes * (pixels_ + 1))),
        gradients_(parameters_.size()) {
    infos_.resize(2);
    infos_[0].name = "c1.conv.weight";
    infos_[0].shape = {classes, pixels_, 1, 1};
    infos_[0].role = ParameterRole::kFilter;
    infos_[0].layer = "c1";
    infos_[0].size = static_cast<std::size_t>(classes * pixels_);
    infos_[1].name = "c1.norm.bias";
    infos_[1].shape = {classes};
    infos_[1].role = ParameterRole::kShift;
    infos_[1].layer = "c1";
    infos_[1].offset = infos_[0].size;
    infos_[1].size = static_cast<std::size_t>(classes);
    // No sites: its statistic is not batch normalization's.
    state_.infos = {{.name = "c1.norm.running_mean",
                     .size = static_cast<std::size_t>(classes),
                     .shape = {classes}}};
    state_.counters = {{"c1.norm.num_batches_tracked", 0}};
    state_.buffers.resize(static_cast<std::size_t>(classes));
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      parameters_[i] = static_cast<T>(0.01 * static_cast<double>(i % 7) - 0.03);
    }
  }

  BatchResult Train(const Batch& batch, const DropoutAddress& dropout) override {
    seen.insert(seen.end(), batch.image_ids, batch.image_ids + batch.count);
    std::fill(gradients_.begin(), gradients_.end(), T{0});
    BatchResult sum;
    std::vector<double> mean(classes_);
    Read(batch);
    for (int n = 0; n < batch.count; ++n) {
      RandomStream random(dropout.seed, Purpose::kDropout, dropout.epoch, batch.image_ids[n]);
      const double keep = random.Uniform() < 0.1 ? 0 : 1;
      std::vector<double> row = LogProbabilities(n, keep, 0, &mean);
      Score(row, batch.labels[n], sum);
      for (int k = 0; k < classes_; ++k) {
        const double slope = (std::exp(row[k]) - (k == batch.labels[n])) / batch.count;
        for (int p = 0; p < pixels_; ++p) {
          gradients_[k * pixels_ + p] += static_cast<T>(slope * keep * images_[n * pixels_ + p]);
        }
        gradients_[classes_ * pixels_ + k] += static_cast<T>(slope);
      }
    }
    for (int k = 0; k < classes_; ++k) {
      state_.buffers[k] = static_cast<T>(0.9 * state_.buffers[k] + 0.1 * mean[k] / batch.count);
    }
    if (++state_.counters[0].value == poisoned_step) {
      sum.loss_sum = std::numeric_limits<double>::quiet_NaN();
    }
    return sum;
  }

  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities) override {
    return Evaluate(batch, log_probabilities, 0.1);
  }

  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities, double shift) {
    Read(batch);
    BatchResult sum;
    for (int n = 0; n < batch.count; ++n) {
      const std::vector<double> row = LogProbabilities(n, 1, shift, nullptr);
      Score(row, batch.labels[n], sum);
      for (int k = 0; k < classes_ && !log_probabilities.empty(); ++k) {
        log_probabilities[static_cast<std::size_t>(n * classes_ + k)] = static_cast<float>(row[k]);
      }
    }
    if (poisoned_evaluation) sum.loss_sum = std::numeric_limits<double>::infinity();
    return sum;
  }

  BatchResult EvaluateOnBatchStatistics(const Batch& batch,
                                        std::span<float> log_probabilities) override {
    return Evaluate(batch, log_probabilities, 0);  // without the running mean
  }

  std::string FirstNonFiniteLayer() const override { return "c1"; }
  void VisitUnits(const std::function<void(const UnitValues<T>&)>&) const override {}
  int max_batch() const override { return kMaxBatch; }
  int classes() const override { return classes_; }
  const std::vector<ParameterInfo>& parameter_infos() const override { return infos_; }
  std::span<T> parameters() override { return parameters_; }
  std::span<T> gradients() override { return gradients_; }
  using Network<T>::state;
  const NetworkState<T>* state() const override { return &state_; }

  std::vector<std::uint32_t> seen;  // every image that Train was given
  std::int64_t poisoned_step = 0;   // its loss is not a number
  bool poisoned_evaluation = false;

 private:
  void Read(const Batch& batch) {
    images_.resize(static_cast<std::size_t>(batch.count * pixels_));
    batch.source->Fill(0, batch.count, images_.data());
  }

  // `shift` is how much of the running mean is taken off the logits.
  std::vector<double> LogProbabilities(int n, double keep, double shift,
                                       std::vector<double>* sums) const {
    std::vector<double> row(static_cast<std::size_t>(classes_));
    double total = 0;
    for (int k = 0; k < classes_; ++k) {
      row[k] = parameters_[classes_ * pixels_ + k] - shift * state_.buffers[k];
      for (int p = 0; p < pixels_; ++p) {
        row[k] += keep * parameters_[k * pixels_ + p] * images_[n * pixels_ + p];
      }
      if (sums != nullptr) (*sums)[k] += row[k];
      total += std::exp(row[k]);
    }
    for (double& value : row) value -= std::log(total);
    return row;
  }

  static void Score(const std::vector<double>& row, int label, BatchResult& sum) {
    sum.loss_sum -= row[static_cast<std::size_t>(label)];
    sum.correct += std::max_element(row.begin(), row.end()) - row.begin() == label;
  }

  Shape shape_;
  int classes_, pixels_;
  std::vector<ParameterInfo> infos_;
  NetworkState<T> state_;
  std::vector<T> parameters_, gradients_;
  std::vector<float> images_;
};

}  // namespace normlab
