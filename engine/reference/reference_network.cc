// The plain twin: the operations of a plan one after the other, every map and every gradient held.
#include <algorithm>
#include <cassert>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "engine/broken_layer.h"
#include "engine/make_network.h"
#include "engine/parameters.h"
#include "operations/mixed_image.h"
#include "operations/reference/log_softmax.h"

namespace normlab {
namespace {

using reference::Operation;
using reference::Tensor;

template <typename T>
std::unique_ptr<Operation<T>> Make(const OperationKind& kind,
                                   const reference::Placement<T>& placement) {
  if constexpr (sizeof(T) == sizeof(float)) {
    return kind.make_float(placement);
  } else {
    return kind.make_double(placement);
  }
}

// The images of a batch, each with its mix, as they are handed over.
template <typename T>
class BatchReader {
 public:
  explicit BatchReader(const Shape& shape) : image_(shape.size()), partner_(shape.size()) {}

  void Read(const Batch& batch, Tensor<T>& images) {
    for (int n = 0; n < batch.count; ++n) {
      FillMixed(batch, images.shape, n, image_.data(), partner_.data());
      std::copy(image_.begin(), image_.end(), images.image(n));
    }
  }

 private:
  std::vector<float> image_, partner_;
};

template <typename T>
class ReferenceNetwork : public Network<T> {
 public:
  ReferenceNetwork(std::shared_ptr<const Plan> plan, int max_batch)
      : plan_(std::move(plan)),
        max_batch_(max_batch),
        parameters_(*plan_),
        state_(StateOf<T>(*plan_)),
        reader_(plan_->ShapeOf(0)),
        maps_(plan_->values.size()),
        map_gradients_(plan_->values.size()),
        read_(plan_->values.size()) {
    for (const PlanOperation& operation : plan_->operations) {
      operations_.push_back(Make(*operation.kind, Place(operation)));
    }
  }

  BatchResult Train(const Batch& batch, const DropoutAddress& dropout) override {
    const reference::Pass pass{true, dropout, batch.image_ids, false, batch.completed_steps};
    const BatchResult result = Forward(batch, pass);
    Backward(batch, pass);
    for (const auto& operation : operations_) operation->UpdateStates();
    return result;
  }

  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities) override {
    return Evaluate(batch, log_probabilities, {.completed_steps = batch.completed_steps});
  }

  BatchResult EvaluateOnBatchStatistics(const Batch& batch,
                                        std::span<float> log_probabilities) override {
    return Evaluate(batch, log_probabilities,
                    {.batch_statistics = true, .completed_steps = batch.completed_steps});
  }

  std::string FirstNonFiniteLayer() const override {
    const auto finite = [](const Tensor<T>& map) {
      return std::all_of(map.values.begin(), map.values.end(),
                         [](T value) { return std::isfinite(value); });
    };
    for (const PlanOperation& operation : plan_->operations) {
      if (finite(maps_[At(operation.output)])) continue;
      const Tensor<T>& x = maps_[At(operation.inputs.front())];
      BrokenPass pass = {.on_batch = last_pass_.training || last_pass_.batch_statistics,
                         .completed_steps = last_pass_.completed_steps,
                         .images = x.images,
                         .x = {x.values.begin(), x.values.end()}};
      return BrokenLayer<T>(*plan_, operation, parameters_.all(), state_.buffers, std::move(pass));
    }
    return finite(log_probabilities_) ? "" : "log-softmax";
  }

  void VisitUnits(const std::function<void(const UnitValues<T>&)>& visit) const override {
    for (const PlanUnit& unit : plan_->units) {
      if (!HasParameters(unit)) continue;
      const Tensor<T>&before = maps_[At(unit.before)], &after = maps_[At(unit.after)];
      visit({unit.layer, unit.application, before.images, before.shape, before.values,
             unit.before == unit.after ? std::vector<T>() : after.values});
    }
  }

  using Network<T>::state;
  int max_batch() const override { return max_batch_; }
  int classes() const override { return plan_->ShapeOf(plan_->output).channels; }
  const std::vector<ParameterInfo>& parameter_infos() const override { return plan_->parameters; }
  std::span<T> parameters() override { return parameters_.learned(); }
  std::span<T> gradients() override { return parameters_.learned_gradients(); }
  const NetworkState<T>* state() const override { return state_.infos.empty() ? nullptr : &state_; }

 private:
  reference::Placement<T> Place(const PlanOperation& operation) {
    reference::Placement<T> placement;
    placement.attributes = operation.attributes;
    for (const int input : operation.inputs) placement.inputs.push_back(plan_->ShapeOf(input));
    placement.output = plan_->ShapeOf(operation.output);
    for (const int parameter : operation.parameters) {
      placement.parameters.push_back(parameters_.value(parameter));
      placement.gradients.push_back(parameters_.gradient(parameter));
    }
    for (const int buffer : operation.states) {
      const BufferInfo& info = plan_->buffers[At(buffer)];
      placement.states.push_back(std::span(state_.buffers).subspan(info.offset, info.size));
    }
    if (operation.counter >= 0) placement.counter = &state_.counters[At(operation.counter)].value;
    if (operation.site >= 0) {
      placement.batch_statistics = state_.batch.data() + plan_->sites[At(operation.site)].batch();
    }
    return placement;
  }

  bool HasParameters(const PlanUnit& unit) const {
    return !plan_->operations[At(unit.first)].parameters.empty();
  }

  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities,
                       const reference::Pass& pass) {
    const BatchResult result = Forward(batch, pass);
    if (!log_probabilities.empty()) {
      assert(log_probabilities.size() == log_probabilities_.values.size());
      for (std::size_t e = 0; e < log_probabilities.size(); ++e) {
        log_probabilities[e] = static_cast<float>(log_probabilities_.values[e]);
      }
    }
    return result;
  }

  std::vector<const Tensor<T>*> InputsOf(const PlanOperation& operation) const {
    std::vector<const Tensor<T>*> inputs;
    for (const int input : operation.inputs) inputs.push_back(&maps_[At(input)]);
    return inputs;
  }

  BatchResult Forward(const Batch& batch, const reference::Pass& pass) {
    assert(batch.count > 0 && batch.count <= max_batch_);
    last_pass_ = pass;
    parameters_.MakeDerived();
    maps_[0].Resize(batch.count, plan_->ShapeOf(0));
    reader_.Read(batch, maps_[0]);
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      const PlanOperation& operation = plan_->operations[i];
      Tensor<T>& output = maps_[At(operation.output)];
      output.Resize(batch.count, plan_->ShapeOf(operation.output));
      operations_[i]->ForwardAll(pass, InputsOf(operation), output);
    }
    const Tensor<T>& logits = maps_[At(plan_->output)];
    log_probabilities_.Resize(batch.count, logits.shape);
    LogSoftmax(logits, log_probabilities_);
    return Loss(log_probabilities_, batch);
  }

  void Backward(const Batch& batch, const reference::Pass& pass) {
    parameters_.ZeroGradients();
    read_.assign(read_.size(), false);
    Tensor<T>& logits = map_gradients_[At(plan_->output)];
    logits.Resize(batch.count, log_probabilities_.shape);
    LossGradient(log_probabilities_, batch, logits);
    read_[At(plan_->output)] = true;
    for (std::size_t i = operations_.size(); i-- > 0;) {
      const PlanOperation& operation = plan_->operations[i];
      if (plan_->HasBackward(operation)) BackwardOf(operation, *operations_[i], pass);
    }
    parameters_.DerivedBackward();
  }

  // A value's gradient is that of its last reader, to which the earlier ones add, the last of them
  // first.
  void BackwardOf(const PlanOperation& operation, Operation<T>& work, const reference::Pass& pass) {
    std::vector<Tensor<T>> added(operation.inputs.size());
    std::vector<Tensor<T>*> gradients;
    for (std::size_t k = 0; k < operation.inputs.size(); ++k) {
      const std::size_t input = At(operation.inputs[k]);
      if (!plan_->values[input].has_gradient) {
        gradients.push_back(nullptr);
        continue;
      }
      gradients.push_back(read_[input] ? &added[k] : &map_gradients_[input]);
      gradients.back()->Resize(maps_[input].images, maps_[input].shape);
      read_[input] = true;
    }
    Tensor<T>& output = map_gradients_[At(operation.output)];
    assert(read_[At(operation.output)]);
    work.BackwardAll(pass, InputsOf(operation), maps_[At(operation.output)], output, gradients);
    for (std::size_t k = 0; k < operation.inputs.size(); ++k) {
      if (gradients[k] != &added[k]) continue;
      Tensor<T>& sum = map_gradients_[At(operation.inputs[k])];
      for (std::size_t e = 0; e < sum.values.size(); ++e) sum.values[e] += added[k].values[e];
    }
  }

  const std::shared_ptr<const Plan> plan_;
  const int max_batch_;
  Parameters<T> parameters_;
  NetworkState<T> state_;
  BatchReader<T> reader_;
  std::vector<std::unique_ptr<Operation<T>>> operations_;
  std::vector<Tensor<T>> maps_, map_gradients_;  // of the plan's values
  std::vector<bool> read_;                       // whose gradient has been written in this pass
  Tensor<T> log_probabilities_;
  reference::Pass last_pass_;
};

}  // namespace

template <typename T>
std::unique_ptr<Network<T>> MakeReferenceNetwork(std::shared_ptr<const Plan> plan, int max_batch) {
  return std::make_unique<ReferenceNetwork<T>>(std::move(plan), max_batch);
}

template <typename T>
std::unique_ptr<Network<T>> MakeReferenceNetwork(const Architecture& architecture, int max_batch) {
  return MakeReferenceNetwork<T>(architecture.plan, max_batch);
}

template std::unique_ptr<Network<float>> MakeReferenceNetwork(std::shared_ptr<const Plan>, int);
template std::unique_ptr<Network<double>> MakeReferenceNetwork(std::shared_ptr<const Plan>, int);
template std::unique_ptr<Network<float>> MakeReferenceNetwork(const Architecture&, int);
template std::unique_ptr<Network<double>> MakeReferenceNetwork(const Architecture&, int);

}  // namespace normlab
