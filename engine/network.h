// A network that can be trained: one interface for the fast engine (float) and for the reference
// twin (float or double), so that the training loop, the optimizers and the tests are written once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/shape.h"
#include "engine/device_update.h"
#include "model/plan.h"
#include "operations/batch.h"

namespace normlab {

// State that training keeps beside the parameters: named tensors in one flat vector, and counters;
// and where a normalization keeps running statistics, its sites.
template <typename T>
struct NetworkState {
  std::vector<BufferInfo> infos;
  std::vector<T> buffers;
  std::vector<CounterInfo> counters;
  // In the order of the forward pass; empty where no operation keeps running statistics.
  std::vector<StatisticsSite> sites;
  // What each site's running values would have moved to by the last pass of Train or
  // EvaluateOnBatchStatistics alone: of batch normalization a channel's mean and its unbiased
  // variance, over |S| - 1 (of a lone value: 0).
  std::vector<double> batch;
};

// One application of a layer with a convolution, as the last training pass left it.
template <typename T>
struct UnitValues {
  std::string layer;
  int application = 1;  // 1, 2, ... where the unit is repeated
  int images = 0;
  Shape shape;
  // [N][C][H][W]: what its normalization read, and what that gave; in a unit without one, `before`
  // is what the unit gave and `after` is empty.
  std::vector<T> before, after;
};

template <typename T>
class Network {
 public:
  virtual ~Network() = default;

  // Forward in training mode, mean loss over the batch, backward. Overwrites gradients() with the
  // gradient of the mean loss; updates the state. batch.count <= max_batch.
  virtual BatchResult Train(const Batch& batch, const DropoutAddress& dropout) = 0;

  // Forward in evaluation mode. `log_probabilities` is [count][classes], or empty.
  virtual BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities) = 0;

  // The same, but batch normalization normalizes with the statistics of `batch`, as in training,
  // and leaves the running ones as they are: PyTorch's BatchNorm2d in train() with momentum = 0
  // beside everything else in eval(). Unlike there a lone value per channel is no error: its
  // variance is 0. The other methods compute what Evaluate computes.
  virtual BatchResult EvaluateOnBatchStatistics(const Batch& batch,
                                                std::span<float> log_probabilities) {
    return Evaluate(batch, log_probabilities);
  }

  // After a loss that is not finite: the first layer, in the order of the forward pass, whose
  // output of the last pass holds a value that is not finite; empty when all are finite. Where its
  // normalization is an equation, that with the statement that began: "C3, statement v of its
  // normalization".
  virtual std::string FirstNonFiniteLayer() const = 0;

  // After Train: every unit with a convolution, in the order of the forward pass. Copies; for
  // looking, not for speed.
  virtual void VisitUnits(const std::function<void(const UnitValues<T>&)>& visit) const = 0;

  virtual int max_batch() const = 0;
  virtual int classes() const = 0;

  virtual const std::vector<ParameterInfo>& parameter_infos() const = 0;
  virtual std::span<T> parameters() = 0;
  virtual std::span<T> gradients() = 0;

  // Where the parameters lie on a device: steps that are carried out there, and leave them there
  // until parameters() is asked for. Null: whoever updates writes into parameters().
  virtual std::unique_ptr<DeviceUpdate> MakeUpdate(const UpdateRule& /*rule*/) { return nullptr; }

  // Null where the network keeps none.
  virtual const NetworkState<T>* state() const { return nullptr; }
  NetworkState<T>* state() { return const_cast<NetworkState<T>*>(std::as_const(*this).state()); }
  // The same, empty where there is none.
  const std::vector<BufferInfo>& buffer_infos() const { return state_or_none().infos; }
  const std::vector<StatisticsSite>& statistics_sites() const { return state_or_none().sites; }
  std::span<const double> batch_statistics() const { return state_or_none().batch; }
  std::vector<CounterInfo>& counters() { return state_or_none().counters; }
  std::span<T> buffers() { return state_or_none().buffers; }

 private:
  const NetworkState<T>& state_or_none() const { return state() == nullptr ? none_ : *state(); }
  NetworkState<T>& state_or_none() { return state() == nullptr ? none_ : *state(); }
  NetworkState<T> none_;
};

// As a plan begins: counters 0, buffers with their initial values.
template <typename T>
NetworkState<T> StateOf(const Plan& plan) {
  NetworkState<T> state = {plan.buffers, std::vector<T>(plan.buffer_count()), plan.counters,
                           plan.sites, std::vector<double>(plan.batch_statistics_count())};
  for (const BufferInfo& info : plan.buffers) {
    std::fill_n(state.buffers.begin() + static_cast<std::ptrdiff_t>(info.offset), info.size,
                static_cast<T>(info.initial));
  }
  return state;
}

}  // namespace normlab
