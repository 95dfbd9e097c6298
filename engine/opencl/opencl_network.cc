#include "engine/opencl/opencl_network.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>

#include "engine/broken_layer.h"
#include "engine/opencl/mirrored_parameters.h"
#include "engine/opencl/stack.h"
#include "engine/opencl/stacked_update.h"
#include "operations/reference/log_softmax.h"

namespace normlab {
namespace {

using opencl::MirroredParameters;
using opencl::Mode;
using opencl::Stack;
using opencl::StackPass;

// A model of a stack, with what it has on the processor: states, what it hands over.
class OpenClNetwork : public Network<float> {
 public:
  OpenClNetwork(std::shared_ptr<const Plan> plan, int max_batch, const DeviceOptions& options)
      : plan_(std::move(plan)),
        max_batch_(max_batch),
        stack_(opencl::JoinStack(plan_, max_batch, options.number, options.vector, options.together,
                                 &model_)),
        images_(plan_->ShapeOf(0), stack_->shape(), model_),
        parameters_(*plan_, *stack_, model_),
        state_(StateOf<float>(*plan_)) {}
  ~OpenClNetwork() override { stack_->Leave(model_); }
  OpenClNetwork(const OpenClNetwork&) = delete;
  OpenClNetwork& operator=(const OpenClNetwork&) = delete;

  BatchResult Train(const Batch& batch, const DropoutAddress& dropout) override {
    FillTarget(batch);
    const BatchResult result = Run(batch, dropout, Mode::kTrain);
    parameters_.AfterTraining();
    for (std::size_t i = 0; i < plan_->operations.size(); ++i) UpdateStates(i, batch.count);
    return result;
  }

  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities) override {
    return Evaluate(batch, log_probabilities, Mode::kEvaluate);
  }
  BatchResult EvaluateOnBatchStatistics(const Batch& batch,
                                        std::span<float> log_probabilities) override {
    return Evaluate(batch, log_probabilities, Mode::kEvaluateOnBatch);
  }

  std::string FirstNonFiniteLayer() const override {
    const auto finite = [](const std::vector<float>& values) {
      return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
    };
    for (const PlanOperation& operation : plan_->operations) {
      if (finite(ReadMap(operation.output))) continue;
      const std::vector<float> x = ReadMap(operation.inputs.front());
      BrokenPass pass = {.on_batch = last_mode_ != Mode::kEvaluate,
                         .completed_steps = last_steps_,
                         .images = last_count_,
                         .x = {x.begin(), x.end()}};
      return BrokenLayer<float>(*plan_, operation, parameters_.WithDerived(), state_.buffers,
                                std::move(pass));
    }
    return finite(log_probabilities_.values) ? "" : "log-softmax";
  }

  void VisitUnits(const std::function<void(const UnitValues<float>&)>& visit) const override {
    for (const PlanUnit& unit : plan_->units) {
      if (plan_->operations[At(unit.first)].parameters.empty()) continue;
      visit({unit.layer, unit.application, last_count_, plan_->ShapeOf(unit.before),
             ReadMap(unit.before),
             unit.before == unit.after ? std::vector<float>() : ReadMap(unit.after)});
    }
  }

  using Network<float>::state;
  int max_batch() const override { return max_batch_; }
  int classes() const override { return plan_->ShapeOf(plan_->output).channels; }
  const std::vector<ParameterInfo>& parameter_infos() const override { return plan_->parameters; }
  std::span<float> parameters() override { return parameters_.learned(); }
  std::span<float> gradients() override { return parameters_.gradients(); }
  std::unique_ptr<DeviceUpdate> MakeUpdate(const UpdateRule& rule) override {
    return std::make_unique<opencl::StackedUpdate>(*stack_, model_, rule, parameters_);
  }
  const NetworkState<float>* state() const override {
    return state_.infos.empty() ? nullptr : &state_;
  }

 private:
  std::size_t images() const { return static_cast<std::size_t>(stack_->shape().images); }

  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities, Mode mode) {
    const BatchResult result = Run(batch, {}, mode);
    if (!log_probabilities.empty()) {
      std::ranges::copy(log_probabilities_.values, log_probabilities.begin());
    }
    return result;
  }

  BatchResult Run(const Batch& batch, const DropoutAddress& dropout, Mode mode) {
    assert(batch.count > 0 && batch.count <= max_batch_);
    last_mode_ = mode;
    last_count_ = batch.count;
    last_steps_ = batch.completed_steps;
    FillWords(batch, dropout);
    words_[opencl::kDrops] = mode == Mode::kTrain ? 1 : 0;
    softmax_.resize(static_cast<std::size_t>(classes()) * images());
    StackPass pass;
    pass.model = model_;
    pass.mode = mode;
    pass.images = images_.Prepare(batch, stack_->pools());
    if (mode == Mode::kTrain) pass.target = target_;
    pass.parameters = parameters_.Hand();
    pass.states = state_.buffers;
    pass.words = words_;
    if (batch.image_ids != nullptr) pass.ids = {batch.image_ids, At(batch.count)};
    pass.log_probabilities = softmax_;
    pass.observed = &observed_;
    stack_->Run(pass);
    const Shape& logits = plan_->ShapeOf(plan_->output);
    log_probabilities_.Resize(batch.count, logits);
    log_probabilities_.values = ByImages(softmax_, logits);
    return reference::Loss(log_probabilities_, batch);
  }

  void FillWords(const Batch& batch, const DropoutAddress& dropout) {
    words_ = {};
    words_[opencl::kCount] = static_cast<std::uint32_t>(batch.count);
    words_[opencl::kEpoch] = dropout.epoch;
    words_[opencl::kSeedLow] = static_cast<std::uint32_t>(dropout.seed);
    words_[opencl::kSeedHigh] = static_cast<std::uint32_t>(dropout.seed >> 32);
    std::size_t word = opencl::kRamps;
    for (std::size_t i = 0; i < plan_->operations.size(); ++i) {
      const int ghost = static_cast<int>(plan_->operations[i].attributes.Or("ghost", 0));
      if (ghost > 0) {
        words_[opencl::kGhostBatches] =
            static_cast<std::uint32_t>((batch.count + ghost - 1) / ghost);
      }
      const opencl::DeviceWork& work = stack_->work(i);
      if (!work.ramps) continue;
      for (const double value : work.ramps(static_cast<double>(batch.completed_steps))) {
        words_[word++] = std::bit_cast<std::uint32_t>(static_cast<float>(value));
      }
    }
  }

  void FillTarget(const Batch& batch) {
    const auto count = static_cast<std::size_t>(classes());
    target_.assign(count * images(), 0.0f);
    const double smoothing = batch.label_smoothing;
    for (std::size_t n = 0; n < At(batch.count); ++n) {
      for (std::size_t k = 0; k < count; ++k) {
        const double share = batch.distributions != nullptr
                                 ? double{batch.distributions[n * count + k]}
                             : k == batch.labels[n] ? 1.0
                                                    : 0.0;
        const double smoothed =
            smoothing == 0 ? share
                           : (1 - smoothing) * share + smoothing / static_cast<double>(count);
        target_[k * images() + n] = static_cast<float>(smoothed);
      }
    }
  }

  // [N][C][H][W] of [C][H][W][images].
  std::vector<float> ByImages(const std::vector<float>& lanes, const Shape& shape) const {
    const auto count = static_cast<std::size_t>(last_count_);
    std::vector<float> values(shape.size() * count);
    for (std::size_t n = 0; n < count; ++n) {
      for (std::size_t e = 0; e < shape.size(); ++e) {
        values[n * shape.size() + e] = lanes[e * images() + n];
      }
    }
    return values;
  }
  std::vector<float> ReadMap(int value) const {
    return ByImages(stack_->ReadMap(value, model_), plan_->ShapeOf(value));
  }

  // PyTorch's: running = (1 - momentum) running + momentum value.
  void UpdateStates(std::size_t index, int count) {
    const PlanOperation& operation = plan_->operations[index];
    const opencl::DeviceWork& work = stack_->work(index);
    if (!work.statistics) return;
    const std::vector<double> values = work.statistics(observed_[index], count);
    if (operation.site >= 0) {
      const auto site = static_cast<std::ptrdiff_t>(plan_->sites[At(operation.site)].batch());
      std::ranges::copy(values, state_.batch.begin() + site);
    }
    const double momentum = operation.attributes["momentum"];
    auto value = values.begin();
    for (const int state : operation.states) {
      const BufferInfo& info = plan_->buffers[At(state)];
      for (std::size_t i = info.offset; i < info.offset + info.size; ++i) {
        state_.buffers[i] =
            static_cast<float>((1.0 - momentum) * double{state_.buffers[i]} + momentum * *value++);
      }
    }
    if (operation.counter >= 0) ++state_.counters[At(operation.counter)].value;
  }

  const std::shared_ptr<const Plan> plan_;
  const int max_batch_;
  int model_ = -1;
  const std::shared_ptr<Stack> stack_;
  opencl::ImagePreparation images_;
  mutable MirroredParameters parameters_;
  NetworkState<float> state_;
  std::array<std::uint32_t, opencl::kPassWords> words_{};
  std::vector<float> target_, softmax_;
  std::vector<std::vector<float>> observed_;  // beside operations
  reference::Tensor<float> log_probabilities_;
  Mode last_mode_ = Mode::kEvaluate;
  int last_count_ = 0;
  std::int64_t last_steps_ = 0;
};

}  // namespace

std::unique_ptr<Network<float>> MakeOpenClNetwork(std::shared_ptr<const Plan> plan, int max_batch,
                                                  const DeviceOptions& options) {
  return std::make_unique<OpenClNetwork>(std::move(plan), max_batch, options);
}

}  // namespace normlab
