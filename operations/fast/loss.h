// Log-softmax with the cross-entropy of the labels, the end of every network.
#pragma once

#include <span>
#include <vector>

#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"

namespace normlab {

// loss_i = -log_softmax(x_i)[label_i], or -sum_k p_ik log_softmax(x_i)[k] where the batch's labels
// are distributions p; gradient of the mean: (softmax(x_i) - p_i) / count, p_i being 1 at the
// label, and smoothed as the batch says (operations/batch.h). Lanes past the last image get
// gradient 0. A few hundred exponentials a block: plain loops in double.
class LogSoftmaxLoss : public BlockOperation {
 public:
  // `logits` and `gradient` are [classes][1][1] maps.
  LogSoftmaxLoss(const BlockTensor& logits, const BlockTensor& gradient, int max_blocks);

  // Where Forward writes the log-probabilities, [count][classes]; empty: nowhere.
  void set_log_probabilities(std::span<float> to) { log_probabilities_ = to; }

  void Forward(const Pass& pass, WorkUnit unit) override;
  void Backward(const Pass&, WorkUnit) override {}

  BatchResult Result(int count) const;  // of the last pass, summed in the order of the images

 private:
  void Image(const Pass& pass, WorkUnit unit, int lane);
  void WriteGradient(const Pass& pass, WorkUnit unit, int lane, double log_sum);

  const BlockTensor& logits_;
  const BlockTensor& gradient_;
  int classes_;
  std::span<float> log_probabilities_;
  std::vector<double> losses_;
  std::vector<std::uint8_t> correct_;
};

}  // namespace normlab
