#include "engine/opencl/opencl_network.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "engine/broken_layer.h"
#include "engine/opencl/device_queue.h"
#include "engine/opencl/device_shape.h"
#include "engine/opencl/program_text.h"
#include "engine/parameters.h"
#include "operations/mixed_image.h"
#include "operations/opencl/launches.h"
#include "operations/reference/log_softmax.h"

namespace normlab {
namespace {

using opencl::Across;
using opencl::Argument;
using opencl::DeviceWork;
using opencl::Launch;
using opencl::Slot;

enum class Mode { kTrain, kEvaluate, kEvaluateOnBatch };

// A kernel with its arguments.
struct Command {
  int kernel = -1;
  std::array<std::size_t, 3> global = {}, group = {};
};

class OpenClNetwork : public Network<float> {
 public:
  OpenClNetwork(std::shared_ptr<const Plan> plan, int max_batch, const DeviceOptions& options)
      : plan_(std::move(plan)),
        max_batch_(max_batch),
        queue_(options.number),
        shape_(opencl::ShapeFor(queue_.device(), max_batch, options.vector)),
        parameters_(*plan_),
        state_(StateOf<float>(*plan_)) {
    AllocateBuffers();
    FindAdditions();
    for (const PlanOperation& operation : plan_->operations) AddWork(operation);
    AddHead();
    Build();
  }

  BatchResult Train(const Batch& batch, const DropoutAddress& dropout) override {
    Forward(batch, dropout, Mode::kTrain);
    WriteTarget(batch);
    RunAll(head_gradient_);
    for (std::size_t i = works_.size(); i-- > 0;) {
      if (plan_->HasBackward(plan_->operations[i])) RunAll(works_[i].backward);
    }
    const BatchResult result = Loss(batch);
    const std::span<float> gradients = parameters_.all_gradients();
    queue_.Read(gradients_, gradients.data(), gradients.size_bytes());
    parameters_.DerivedBackward();
    for (std::size_t i = 0; i < works_.size(); ++i) UpdateStates(i, batch.count);
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
      return BrokenLayer<float>(*plan_, operation, parameters_.all(), state_.buffers,
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
  std::span<float> gradients() override { return parameters_.learned_gradients(); }
  const NetworkState<float>* state() const override {
    return state_.infos.empty() ? nullptr : &state_;
  }

 private:
  struct Work {
    DeviceWork device;
    std::vector<int> scratch;  // buffers
    std::vector<Command> training, evaluation, backward;
  };

  std::size_t images() const { return static_cast<std::size_t>(shape_.images); }
  std::size_t MapBytes(int value) const {
    return plan_->ShapeOf(value).size() * images() * sizeof(float);
  }

  void AllocateBuffers() {
    for (std::size_t v = 0; v < plan_->values.size(); ++v) {
      const int value = static_cast<int>(v);
      maps_.push_back(queue_.Allocate(MapBytes(value)));
      const bool gradient = plan_->values[v].has_gradient || value == plan_->output;
      map_gradients_.push_back(gradient ? queue_.Allocate(MapBytes(value)) : -1);
    }
    parameter_buffer_ = queue_.Allocate(parameters_.all().size_bytes());
    gradients_ = queue_.Allocate(parameters_.all().size_bytes());
    states_ = queue_.Allocate(state_.buffers.size() * sizeof(float));
    pass_ = queue_.Allocate(opencl::kPassWords * sizeof(std::uint32_t));
    ids_ = queue_.Allocate(images() * sizeof(std::uint32_t));
    target_ = queue_.Allocate(MapBytes(plan_->output));
    log_softmax_ = queue_.Allocate(MapBytes(plan_->output));
  }

  // A gradient is written by the first that has some in the order of the backward pass; the others
  // add to it.
  void FindAdditions() {
    const std::size_t operations = plan_->operations.size();
    adds_.resize(operations);
    adds_parameters_.resize(operations);
    std::vector<bool> written(plan_->values.size(), false);
    std::vector<bool> learned(plan_->parameters.size() + plan_->derived.size(), false);
    for (std::size_t i = operations; i-- > 0;) {
      const PlanOperation& operation = plan_->operations[i];
      const bool backward = plan_->HasBackward(operation);
      for (const int input : operation.inputs) {
        adds_[i].push_back(written[At(input)]);
        if (backward && plan_->values[At(input)].has_gradient) written[At(input)] = true;
      }
      for (const int parameter : operation.parameters) {
        adds_parameters_[i].push_back(learned[At(parameter)]);
        if (backward) learned[At(parameter)] = true;
      }
    }
  }

  void AddWork(const PlanOperation& operation) {
    const std::size_t index = works_.size();
    opencl::DevicePlacement placement;
    placement.attributes = operation.attributes;
    placement.output = plan_->ShapeOf(operation.output);
    placement.device = shape_;
    placement.adds_gradient = adds_[index];
    placement.adds_parameter_gradient = adds_parameters_[index];
    placement.ramp_word = next_ramp_;
    for (const int input : operation.inputs) {
      placement.inputs.push_back(plan_->ShapeOf(input));
      placement.has_gradient.push_back(plan_->values[At(input)].has_gradient);
    }
    Work work;
    work.device = operation.kind->make_opencl(placement);
    if (work.device.ramps) next_ramp_ += static_cast<int>(work.device.ramps(0).size());
    assert(next_ramp_ <= opencl::kPassWords);
    for (const opencl::Scratch& scratch : work.device.scratch) {
      work.scratch.push_back(
          queue_.Allocate((scratch.floats + scratch.per_image * images()) * sizeof(float)));
    }
    works_.push_back(std::move(work));
  }

  // Of the logits: "input" and "output" of an operation that has the logits for its input.
  void AddHead() {
    const auto [classes, height, width] = plan_->ShapeOf(plan_->output);
    Launch forward;
    forward.body = opencl::KernelText("log_softmax");
    forward.arguments = {{"x", Slot::kInput}, {"y", Slot::kOutput}};
    forward.sizes = {{"CLASSES", classes}};
    Launch gradient;
    gradient.body = opencl::KernelText("log_softmax_gradient");
    gradient.arguments = {{"y", Slot::kOutput},
                          {"target", Slot::kScratch, 0, true},
                          {"dx", Slot::kInputGradient},
                          {"pass", Slot::kPass}};
    gradient.sizes = forward.sizes;
    head_launches_ = {std::move(forward), std::move(gradient)};
  }

  void Build() {
    opencl::ProgramText text(shape_);
    std::vector<std::string> names;
    ForEachLaunch([&](const Launch& launch, const PlanOperation*, Work*, std::vector<Command>&) {
      names.push_back(text.Add(launch));
    });
    queue_.Build(text.text(), opencl::BuildOptions(queue_.device()));
    auto name = names.begin();
    ForEachLaunch([&](const Launch& launch, const PlanOperation* operation, Work* work,
                      std::vector<Command>& commands) {
      commands.push_back(MakeCommand(launch, *name++, operation, work));
    });
  }

  // visit(launch, its operation and work or null for the head, the commands that it belongs to)
  template <typename Visit>
  void ForEachLaunch(const Visit& visit) {
    for (std::size_t i = 0; i < works_.size(); ++i) {
      Work& work = works_[i];
      const PlanOperation& operation = plan_->operations[i];
      for (const Launch& launch : work.device.training) {
        visit(launch, &operation, &work, work.training);
      }
      for (const Launch& launch : work.device.evaluation) {
        visit(launch, &operation, &work, work.evaluation);
      }
      if (!plan_->HasBackward(operation)) continue;
      for (const Launch& launch : work.device.backward) {
        visit(launch, &operation, &work, work.backward);
      }
    }
    visit(head_launches_[0], nullptr, nullptr, head_);
    visit(head_launches_[1], nullptr, nullptr, head_gradient_);
  }

  Command MakeCommand(const Launch& launch, const std::string& name, const PlanOperation* operation,
                      const Work* work) {
    Command command;
    command.kernel = queue_.Kernel(name);
    int place = 0;
    for (const Argument& argument : launch.arguments) {
      queue_.SetBuffer(
          command.kernel, place++,
          operation == nullptr ? HeadBuffer(argument) : BufferOf(argument, *operation, *work));
      if (opencl::IsPart(argument.slot)) {
        queue_.SetInteger(command.kernel, place++, FirstOf(argument, *operation));
      }
    }
    for (const auto& [size, value] : launch.sizes) {
      queue_.SetInteger(command.kernel, place++, value);
    }
    for (const auto& [number, value] : launch.numbers) {
      queue_.SetNumber(command.kernel, place++, value);
    }
    const auto lanes = static_cast<std::size_t>(shape_.lanes());
    const auto workers = static_cast<std::size_t>(shape_.group_lanes);
    const std::size_t across = launch.across == Across::kOne     ? 1
                               : launch.across == Across::kLanes ? lanes
                                                                 : workers;
    command.global = {across, launch.places, launch.tiles};
    command.group = opencl::GroupOf(shape_, launch);
    return command;
  }

  int HeadBuffer(const Argument& argument) const {
    switch (argument.slot) {
      case Slot::kInput:
        return maps_[At(plan_->output)];
      case Slot::kOutput:
        return log_softmax_;
      case Slot::kInputGradient:
        return map_gradients_[At(plan_->output)];
      case Slot::kPass:
        return pass_;
      default:
        return target_;
    }
  }

  int BufferOf(const Argument& argument, const PlanOperation& operation, const Work& work) const {
    switch (argument.slot) {
      case Slot::kInput:
        return maps_[At(operation.inputs[At(argument.index)])];
      case Slot::kInputGradient:
        return map_gradients_[At(operation.inputs[At(argument.index)])];
      case Slot::kOutput:
        return maps_[At(operation.output)];
      case Slot::kOutputGradient:
        return map_gradients_[At(operation.output)];
      case Slot::kParameters:
        return parameter_buffer_;
      case Slot::kGradients:
        return gradients_;
      case Slot::kStates:
        return states_;
      case Slot::kScratch:
        return work.scratch[At(argument.index)];
      case Slot::kPass:
        return pass_;
      case Slot::kImageIds:
        return ids_;
    }
    return -1;
  }

  int FirstOf(const Argument& argument, const PlanOperation& operation) const {
    if (argument.slot == Slot::kStates) {
      return static_cast<int>(plan_->buffers[At(operation.states[At(argument.index)])].offset);
    }
    return static_cast<int>(plan_->RangeOf(operation.parameters[At(argument.index)]).offset);
  }

  void RunAll(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      queue_.Run(command.kernel, command.global, command.group);
    }
  }

  BatchResult Evaluate(const Batch& batch, std::span<float> log_probabilities, Mode mode) {
    Forward(batch, {}, mode);
    const BatchResult result = Loss(batch);
    if (!log_probabilities.empty()) {
      std::ranges::copy(log_probabilities_.values, log_probabilities.begin());
    }
    return result;
  }

  void Forward(const Batch& batch, const DropoutAddress& dropout, Mode mode) {
    assert(batch.count > 0 && batch.count <= max_batch_);
    last_mode_ = mode;
    last_count_ = batch.count;
    last_steps_ = batch.completed_steps;
    parameters_.MakeDerived();
    queue_.Write(parameter_buffer_, parameters_.all().data(), parameters_.all().size_bytes());
    if (!state_.buffers.empty()) {
      queue_.Write(states_, state_.buffers.data(), state_.buffers.size() * sizeof(float));
    }
    WritePass(batch, dropout);
    WriteImages(batch);
    for (Work& work : works_) {
      const bool training = mode == Mode::kTrain ||
                            (mode == Mode::kEvaluateOnBatch && work.device.statistics != nullptr);
      RunAll(training ? work.training : work.evaluation);
    }
    RunAll(head_);
  }

  void WritePass(const Batch& batch, const DropoutAddress& dropout) {
    std::array<std::uint32_t, opencl::kPassWords> words{};
    words[opencl::kCount] = static_cast<std::uint32_t>(batch.count);
    words[opencl::kEpoch] = dropout.epoch;
    words[opencl::kSeedLow] = static_cast<std::uint32_t>(dropout.seed);
    words[opencl::kSeedHigh] = static_cast<std::uint32_t>(dropout.seed >> 32);
    std::size_t word = opencl::kRamps;
    for (std::size_t i = 0; i < works_.size(); ++i) {
      const Attributes& attributes = plan_->operations[i].attributes;
      const int ghost = static_cast<int>(attributes.Or("ghost", 0));
      if (ghost > 0) {
        words[opencl::kGhostBatches] =
            static_cast<std::uint32_t>((batch.count + ghost - 1) / ghost);
      }
      if (!works_[i].device.ramps) continue;
      for (const double value :
           works_[i].device.ramps(static_cast<double>(batch.completed_steps))) {
        words[word++] = std::bit_cast<std::uint32_t>(static_cast<float>(value));
      }
    }
    queue_.Write(pass_, words.data(), sizeof(words));
    if (batch.image_ids != nullptr) {
      queue_.Write(ids_, batch.image_ids, At(batch.count) * sizeof(std::uint32_t));
    }
  }

  // Images become the fastest axis.
  void WriteImages(const Batch& batch) {
    const Shape& shape = plan_->ShapeOf(0);
    image_.resize(shape.size());
    partner_.resize(shape.size());
    staging_.assign(shape.size() * images(), 0.0f);
    for (int n = 0; n < batch.count; ++n) {
      FillMixed(batch, shape, n, image_.data(), partner_.data());
      float* to = staging_.data() + n;
      for (const float value : image_) {
        *to = value;
        to += images();
      }
    }
    queue_.Write(maps_[0], staging_.data(), staging_.size() * sizeof(float));
  }

  void WriteTarget(const Batch& batch) {
    const auto count = static_cast<std::size_t>(classes());
    std::vector<float> target(count * images(), 0.0f);
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
        target[k * images() + n] = static_cast<float>(smoothed);
      }
    }
    queue_.Write(target_, target.data(), target.size() * sizeof(float));
  }

  // Reads the log-probabilities; waits for what is before them.
  BatchResult Loss(const Batch& batch) {
    log_probabilities_.Resize(batch.count, plan_->ShapeOf(plan_->output));
    log_probabilities_.values = ReadBuffer(log_softmax_, plan_->ShapeOf(plan_->output));
    return reference::Loss(log_probabilities_, batch);
  }

  // [N][C][H][W] of the last pass.
  std::vector<float> ReadMap(int value) const {
    return ReadBuffer(maps_[At(value)], plan_->ShapeOf(value));
  }
  std::vector<float> ReadBuffer(int buffer, const Shape& shape) const {
    std::vector<float> lanes(shape.size() * images());
    queue_.Read(buffer, lanes.data(), lanes.size() * sizeof(float));
    const auto count = static_cast<std::size_t>(last_count_);
    std::vector<float> values(shape.size() * count);
    for (std::size_t n = 0; n < count; ++n) {
      for (std::size_t e = 0; e < shape.size(); ++e) {
        values[n * shape.size() + e] = lanes[e * images() + n];
      }
    }
    return values;
  }

  // PyTorch's: running = (1 - momentum) running + momentum value.
  void UpdateStates(std::size_t index, int count) {
    const Work& work = works_[index];
    const PlanOperation& operation = plan_->operations[index];
    if (!work.device.statistics) return;
    const opencl::Scratch& size = work.device.scratch[At(work.device.observed)];
    std::vector<float> observed(size.floats + size.per_image * images());
    queue_.Read(work.scratch[At(work.device.observed)], observed.data(),
                observed.size() * sizeof(float));
    const std::vector<double> values = work.device.statistics(observed, count);
    if (operation.site >= 0) {
      std::ranges::copy(values,
                        state_.batch.begin() +
                            static_cast<std::ptrdiff_t>(plan_->sites[At(operation.site)].batch()));
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
  mutable opencl::DeviceQueue queue_;
  const opencl::DeviceShape shape_;
  Parameters<float> parameters_;
  NetworkState<float> state_;
  std::vector<int> maps_, map_gradients_;  // buffers of the plan's values; -1: none
  int parameter_buffer_ = -1, gradients_ = -1, states_ = -1, pass_ = -1, ids_ = -1, target_ = -1,
      log_softmax_ = -1;
  std::vector<std::vector<bool>> adds_, adds_parameters_;  // beside operations
  std::vector<Work> works_;                                // beside operations
  std::vector<Launch> head_launches_;
  std::vector<Command> head_, head_gradient_;
  int next_ramp_ = opencl::kRamps;
  std::vector<float> image_, partner_, staging_;
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
