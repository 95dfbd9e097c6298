// A network that can be trained: one interface for the fast engine (float) and for the reference
// twin (float or double), so that the training loop, the optimizers and the tests are written once.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/shape.h"
#include "model/slots.h"
#include "operations/batch.h"

namespace normlab {

// One application of a convolution's block, as the last training pass left it.
template <typename T>
struct BlockValues {
  std::string layer;
  int application = 1;  // 1, 2, ... where the block is repeated
  int images = 0;
  Shape shape;
  // [N][C][H][W]: what its normalization read; in a block without one, what the block gave.
  std::vector<T> values;
};

template <typename T>
class Network {
 public:
  virtual ~Network() = default;

  // Forward in training mode, mean loss over the batch, backward. Overwrites gradients() with the
  // gradient of the mean loss; updates the buffers and counters. batch.count <= max_batch.
  virtual BatchResult Train(const Batch& batch, const DropoutAddress& dropout) = 0;

  // Forward in evaluation mode. `log_probabilities` is [count][classes], or empty.
  virtual BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities) = 0;

  // The same, but batch normalization normalizes with the statistics of `batch`, as in training,
  // and leaves the running ones as they are: PyTorch's BatchNorm2d in train() with momentum = 0
  // beside everything else in eval(). Unlike there a lone value per channel is no error: its
  // variance is 0. The other methods compute what Evaluate computes.
  virtual BatchResult EvaluateOnBatchStatistics(const Batch& batch,
                                                std::span<float> log_probabilities) = 0;

  // After a loss that is not finite: the first layer, in the order of the forward pass, whose
  // output of the last pass holds a value that is not finite; empty when all are finite.
  virtual std::string FirstNonFiniteLayer() const = 0;

  // After Train: every block, in the order of the forward pass. Copies; for looking, not for speed.
  virtual void VisitBlocks(const std::function<void(const BlockValues<T>&)>& visit) const = 0;

  virtual int max_batch() const = 0;
  virtual int classes() const = 0;

  virtual const std::vector<ParameterInfo>& parameter_infos() const = 0;
  virtual const std::vector<BufferInfo>& buffer_infos() const = 0;
  virtual std::vector<CounterInfo>& counters() = 0;
  virtual std::span<T> parameters() = 0;
  virtual std::span<T> gradients() = 0;
  virtual std::span<T> buffers() = 0;

  // In the order of the forward pass; empty where the method keeps no running statistics.
  virtual const std::vector<StatisticsSite>& statistics_sites() const = 0;
  // What each site read in the last pass of Train or EvaluateOnBatchStatistics: a channel's mean
  // and its unbiased variance, over |S| - 1 (of a lone value: 0).
  virtual std::span<const double> batch_statistics() const = 0;
};

}  // namespace normlab
