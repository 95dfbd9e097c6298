#include "engine/opencl/stack.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "engine/opencl/device_works.h"
#include "engine/opencl/late_launches.h"
#include "engine/opencl/program_text.h"
#include "operations/opencl/launches.h"

namespace normlab::opencl {
namespace {

// How long the models that are there wait for one that still prepares its images.
constexpr std::chrono::milliseconds kPatience(1);
constexpr std::size_t kWhole = 16;  // floats: the largest vector

std::vector<const Launch*> LaunchesOf(const std::vector<LateLaunch>& batch) {
  std::vector<const Launch*> launches;
  for (const LateLaunch& late : batch) launches.push_back(late.launch);
  return launches;
}

std::size_t Whole(std::size_t floats) { return (floats + kWhole - 1) / kWhole * kWhole; }

}  // namespace

Stack::Stack(std::shared_ptr<const Plan> plan, int max_batch, int device, int vector, int capacity)
    : plan_(std::move(plan)),
      max_batch_(max_batch),
      capacity_(capacity),
      queue_(device),
      shape_(ShapeFor(queue_.device(), max_batch, vector)),
      parameter_floats_(Whole(plan_->parameter_count() + plan_->derived_count())),
      state_floats_(Whole(plan_->buffer_count())),
      taken_(static_cast<std::size_t>(capacity), false) {
  AllocateBuffers();
  for (DeviceWork& work : DeviceWorks(*plan_, shape_)) AddWork(std::move(work));
  AddHead();
  Build();
}

std::size_t Stack::ScratchFloats(const Scratch& scratch) const {
  return Whole(scratch.floats + scratch.per_image * images());
}

// For all models.
int Stack::Allocate(std::size_t floats) {
  return queue_.Allocate(floats * static_cast<std::size_t>(capacity_) * sizeof(float));
}

void Stack::AllocateBuffers() {
  for (std::size_t v = 0; v < plan_->values.size(); ++v) {
    const int value = static_cast<int>(v);
    maps_.push_back(Allocate(FloatsOf(plan_->ShapeOf(value))));
    const bool gradient = plan_->values[v].has_gradient || value == plan_->output;
    map_gradients_.push_back(gradient ? Allocate(FloatsOf(plan_->ShapeOf(value))) : -1);
  }
  parameters_ = Allocate(parameter_floats_);
  gradients_ = Allocate(parameter_floats_);
  states_ = Allocate(state_floats_);
  pass_ = Allocate(kPassWords);
  ids_ = Allocate(images());
  target_ = Allocate(FloatsOf(plan_->ShapeOf(plan_->output)));
  log_softmax_ = Allocate(FloatsOf(plan_->ShapeOf(plan_->output)));
  models_ = Allocate(1);
}

void Stack::AddWork(DeviceWork device) {
  Work work;
  work.device = std::move(device);
  for (const Scratch& scratch : work.device.scratch) {
    work.scratch.push_back(Allocate(ScratchFloats(scratch)));
  }
  works_.push_back(std::move(work));
}

// Of the logits: "input" and "output" of an operation that has the logits for its input.
void Stack::AddHead() {
  const int classes = plan_->ShapeOf(plan_->output).channels;
  Launch forward;
  forward.body = KernelText("log_softmax");
  forward.arguments = {{"x", Slot::kInput}, {"y", Slot::kOutput}};
  forward.sizes = {{"CLASSES", classes}};
  Launch gradient;
  gradient.body = KernelText("log_softmax_gradient");
  gradient.arguments = {{"y", Slot::kOutput},
                        {"target", Slot::kScratch, 0, true},
                        {"dx", Slot::kInputGradient},
                        {"pass", Slot::kPass}};
  gradient.sizes = forward.sizes;
  head_launches_ = {std::move(forward), std::move(gradient)};
}

// visit(launch, its operation and work or null for the head, the commands that it belongs to)
template <typename Visit>
void Stack::ForEachLaunch(const Visit& visit) {
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
      if (!launch.at_end) visit(launch, &operation, &work, work.backward);
    }
  }
  visit(head_launches_[0], nullptr, nullptr, head_);
  visit(head_launches_[1], nullptr, nullptr, head_gradient_);
}

void Stack::Build() {
  ProgramText text(shape_);
  std::vector<std::string> names;
  ForEachLaunch([&](const Launch& launch, const PlanOperation*, Work*, std::vector<Command>&) {
    names.push_back(text.Add(launch));
  });
  std::vector<const DeviceWork*> devices;
  for (const Work& work : works_) devices.push_back(&work.device);
  const auto batches = LateLaunches(*plan_, devices);
  for (const auto& batch : batches) names.push_back(text.Add(LaunchesOf(batch)));
  queue_.Build(text.text(), BuildOptions(queue_.device()));
  auto name = names.begin();
  ForEachLaunch([&](const Launch& launch, const PlanOperation* operation, Work* work,
                    std::vector<Command>& commands) {
    commands.push_back(
        MakeCommand(queue_, shape_, launch, *name++, models_, [&](const Argument& argument) {
          return operation == nullptr ? HeadBound(argument) : BoundOf(argument, *operation, *work);
        }));
  });
  for (const auto& batch : batches) {
    late_.push_back(MakeCommand(queue_, shape_, LaunchesOf(batch), *name++, models_,
                                [&](std::size_t i, const Argument& argument) {
                                  const std::size_t of = batch[i].operation;
                                  return BoundOf(argument, plan_->operations[of], works_[of]);
                                }));
  }
}

Bound Stack::MapBound(int buffer, int value) const {
  const std::size_t vectors =
      FloatsOf(plan_->ShapeOf(value)) / static_cast<std::size_t>(shape_.vector);
  return {buffer, 0, static_cast<int>(vectors)};
}

Bound Stack::HeadBound(const Argument& argument) const {
  const int logits = plan_->output;
  switch (argument.slot) {
    case Slot::kInput:
      return MapBound(maps_[At(logits)], logits);
    case Slot::kOutput:
      return MapBound(log_softmax_, logits);
    case Slot::kInputGradient:
      return MapBound(map_gradients_[At(logits)], logits);
    case Slot::kPass:
      return {pass_, 0, kPassWords};
    default:
      return MapBound(target_, logits);
  }
}

Bound Stack::BoundOf(const Argument& argument, const PlanOperation& operation,
                     const Work& work) const {
  const auto parameter = [&] {
    return static_cast<int>(plan_->RangeOf(operation.parameters[At(argument.index)]).offset);
  };
  const int parameters = static_cast<int>(parameter_floats_);
  switch (argument.slot) {
    case Slot::kInput: {
      const int value = operation.inputs[At(argument.index)];
      return MapBound(maps_[At(value)], value);
    }
    case Slot::kInputGradient: {
      const int value = operation.inputs[At(argument.index)];
      return MapBound(map_gradients_[At(value)], value);
    }
    case Slot::kOutput:
      return MapBound(maps_[At(operation.output)], operation.output);
    case Slot::kOutputGradient:
      return MapBound(map_gradients_[At(operation.output)], operation.output);
    case Slot::kParameters:
      return {parameters_, parameter(), parameters};
    case Slot::kGradients:
      return {gradients_, parameter(), parameters};
    case Slot::kStates: {
      const BufferInfo& info = plan_->buffers[At(operation.states[At(argument.index)])];
      return {states_, static_cast<int>(info.offset), static_cast<int>(state_floats_)};
    }
    case Slot::kScratch: {
      const std::size_t floats = ScratchFloats(work.device.scratch[At(argument.index)]);
      const std::size_t of = argument.vectors ? static_cast<std::size_t>(shape_.vector) : 1;
      return {work.scratch[At(argument.index)], 0, static_cast<int>(floats / of)};
    }
    case Slot::kPass:
      return {pass_, 0, kPassWords};
    case Slot::kImageIds:
      return {ids_, 0, shape_.images};
    case Slot::kMap:
      return MapBound(maps_[At(argument.index)], argument.index);
    case Slot::kMapGradient:
      return MapBound(map_gradients_[At(argument.index)], argument.index);
    case Slot::kPlanParameters:
      return {parameters_, static_cast<int>(plan_->RangeOf(argument.index).offset), parameters};
  }
  return {};
}

int Stack::Join() {
  const std::lock_guard lock(mutex_);
  const auto free = std::ranges::find(taken_, false);
  if (free == taken_.end()) return -1;
  *free = true;
  ++members_;
  return static_cast<int>(free - taken_.begin());
}

void Stack::Leave(int model) {
  const std::lock_guard lock(mutex_);
  taken_[At(model)] = false;
  --members_;
  changed_.notify_all();
}

// The first that finds all there, or has waited long enough, runs the passes of all that wait.
void Stack::Run(StackPass& pass) {
  Waiting mine = {&pass, false, nullptr};
  std::unique_lock lock(mutex_);
  waiting_.push_back(&mine);
  const auto all_there = [&] { return static_cast<int>(waiting_.size()) >= members_; };
  changed_.wait_for(lock, kPatience, [&] { return mine.done || all_there(); });
  if (!mine.done) {
    RunAll(waiting_);
    waiting_.clear();
    changed_.notify_all();
  }
  lock.unlock();
  if (mine.error) std::rethrow_exception(mine.error);
}

void Stack::RunAll(const std::vector<Waiting*>& all) {
  for (const Mode mode : {Mode::kTrain, Mode::kEvaluate, Mode::kEvaluateOnBatch}) {
    std::vector<StackPass*> passes;
    for (const Waiting* waiting : all) {
      if (waiting->pass->mode == mode) passes.push_back(waiting->pass);
    }
    if (passes.empty()) continue;
    std::exception_ptr error;
    try {
      RunTogether(passes);
    } catch (...) {
      error = std::current_exception();
    }
    for (Waiting* waiting : all) {
      if (waiting->pass->mode == mode) waiting->error = error;
    }
  }
  for (Waiting* waiting : all) waiting->done = true;
}

void Stack::RunTogether(const std::vector<StackPass*>& passes) {
  std::vector<int> models;
  for (const StackPass* pass : passes) {
    models.push_back(pass->model);
    Hand(*pass);
  }
  queue_.Write(models_, models.data(), models.size() * sizeof(models[0]));
  const Mode mode = passes.front()->mode;
  for (const Work& work : works_) {
    const bool training = mode == Mode::kTrain ||
                          (mode == Mode::kEvaluateOnBatch && work.device.statistics != nullptr);
    Launches(training ? work.training : work.evaluation, models.size());
  }
  Launches(head_, models.size());
  if (mode == Mode::kTrain) {
    Launches(head_gradient_, models.size());
    for (std::size_t i = works_.size(); i-- > 0;) Launches(works_[i].backward, models.size());
    Launches(late_, models.size());
  }
  for (StackPass* pass : passes) Fetch(*pass);
}

void Stack::Launches(const std::vector<Command>& commands, std::size_t models) {
  for (const Command& command : commands) command.Run(queue_, models);
}

template <typename T>
void Stack::WriteTo(int buffer, std::size_t model, std::size_t stride, std::span<const T> values) {
  if (values.empty()) return;
  queue_.Write(buffer, values.data(), values.size_bytes(), model * stride * sizeof(T));
}

void Stack::Hand(const StackPass& pass) {
  const auto model = static_cast<std::size_t>(pass.model);
  WriteTo(parameters_, model, parameter_floats_, pass.parameters);
  WriteTo(states_, model, state_floats_, pass.states);
  WriteTo(pass_, model, kPassWords, pass.words);
  WriteTo(ids_, model, images(), pass.ids);
  WriteTo(maps_[0], model, FloatsOf(plan_->ShapeOf(0)), pass.images);
  WriteTo(target_, model, FloatsOf(plan_->ShapeOf(plan_->output)), pass.target);
}

void Stack::Fetch(StackPass& pass) {
  const auto model = static_cast<std::size_t>(pass.model);
  queue_.Read(log_softmax_, pass.log_probabilities.data(), pass.log_probabilities.size_bytes(),
              model * FloatsOf(plan_->ShapeOf(plan_->output)) * sizeof(float));
  if (pass.mode != Mode::kTrain) return;
  queue_.Read(gradients_, pass.gradients.data(), pass.gradients.size_bytes(),
              model * parameter_floats_ * sizeof(float));
  pass.observed->resize(works_.size());
  for (std::size_t i = 0; i < works_.size(); ++i) {
    const DeviceWork& work = works_[i].device;
    if (!work.statistics) continue;
    std::vector<float>& observed = (*pass.observed)[i];
    observed.resize(ScratchFloats(work.scratch[At(work.observed)]));
    queue_.Read(works_[i].scratch[At(work.observed)], observed.data(),
                observed.size() * sizeof(float), model * observed.size() * sizeof(float));
  }
}

std::vector<float> Stack::ReadMap(int value, int model) {
  const std::lock_guard lock(mutex_);
  std::vector<float> map(FloatsOf(plan_->ShapeOf(value)));
  queue_.Read(maps_[At(value)], map.data(), map.size() * sizeof(float),
              static_cast<std::size_t>(model) * map.size() * sizeof(float));
  return map;
}

}  // namespace normlab::opencl
