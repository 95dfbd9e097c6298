// Log-softmax with the negative log-likelihood of the label, the end of every network.
#pragma once

#include <span>
#include <vector>

#include "operations/fast/block_tensor.h"
#include "operations/fast/operation.h"

namespace normlab {

// loss_i = -log_softmax(x_i)[label_i]; gradient of the mean: (softmax(x_i) - onehot) / count. Lanes
// past the last image get gradient 0. A few hundred exponentials a block: plain loops in double.
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

  const BlockTensor& logits_;
  const BlockTensor& gradient_;
  int classes_;
  std::span<float> log_probabilities_;
  std::vector<double> losses_;
  std::vector<std::uint8_t> correct_;
};

}  // namespace normlab
