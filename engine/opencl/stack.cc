#include "engine/opencl/stack.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "engine/opencl/device_works.h"
#include "engine/opencl/late_launches.h"
#include "engine/opencl/program_text.h"
#include "operations/opencl/images.h"
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
      area_(queue_,
            {kPassWords, images(), FloatsOf(plan_->ShapeOf(plan_->output)),
             ImageWords(plan_->ShapeOf(0), shape_)},
            capacity),
      input_(queue_, plan_->ShapeOf(0), shape_, capacity),
      taken_(static_cast<std::size_t>(capacity), false) {
  AllocateBuffers();
  results_floats_ = FloatsOf(plan_->ShapeOf(plan_->output));
  for (DeviceWork& work : DeviceWorks(*plan_, shape_)) AddWork(std::move(work));
  results_ = Allocate(results_floats_);
  AddHead();
  Build();
  const ParameterBuffers buffers = {parameters_, gradients_, parameter_floats_, area_.buffer(),
                                    capacity_};
  filters_.emplace(*plan_, shape_, buffers, queue_);
  weight_steps_.emplace(*plan_, shape_, buffers, queue_);
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
}

void Stack::AddWork(DeviceWork device) {
  Work work;
  work.device = std::move(device);
  for (std::size_t i = 0; i < work.device.scratch.size(); ++i) {
    const std::size_t floats = ScratchFloats(work.device.scratch[i]);
    if (static_cast<int>(i) == work.device.observed) {
      work.observed = results_floats_;
      results_floats_ += floats;
    }
    work.scratch.push_back(static_cast<int>(i) == work.device.observed ? -1 : Allocate(floats));
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
  for (std::size_t i = 0; i < input_.launches().size(); ++i) {
    visit(input_.launches()[i], nullptr, nullptr, input_.commands()[i]);
  }
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
        MakeCommand(queue_, shape_, launch, *name++, area_.buffer(), [&](const Argument& argument) {
          return operation == nullptr ? HeadBound(argument) : BoundOf(argument, *operation, *work);
        }));
  });
  for (const auto& batch : batches) {
    late_.push_back(MakeCommand(queue_, shape_, LaunchesOf(batch), *name++, area_.buffer(),
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

Bound Stack::ResultBound(std::size_t first, bool vectors) const {
  const std::size_t of = vectors ? static_cast<std::size_t>(shape_.vector) : 1;
  return {results_, static_cast<int>(first / of), static_cast<int>(results_floats_ / of)};
}

Bound Stack::HeadBound(const Argument& argument) const {
  const int logits = plan_->output;
  switch (argument.slot) {
    case Slot::kInput:
      return MapBound(maps_[At(logits)], logits);
    case Slot::kOutput:
      return ResultBound(0, true);
    case Slot::kInputGradient:
      return MapBound(map_gradients_[At(logits)], logits);
    case Slot::kBatch:
      return MapBound(maps_[0], 0);
    case Slot::kPixels:
      return {area_.buffer()};  // another one before each launch
    case Slot::kImageWords:
      return area_.BoundOf(PassArea::kImages);
    case Slot::kPass:
      return area_.BoundOf(PassArea::kWords);
    default:
      return area_.BoundOf(PassArea::kTarget, shape_.vector);
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
      if (argument.index == work.device.observed) {
        return ResultBound(work.observed, argument.vectors);
      }
      const std::size_t floats = ScratchFloats(work.device.scratch[At(argument.index)]);
      const std::size_t of = argument.vectors ? static_cast<std::size_t>(shape_.vector) : 1;
      return {work.scratch[At(argument.index)], 0, static_cast<int>(floats / of)};
    }
    case Slot::kPass:
      return area_.BoundOf(PassArea::kWords);
    case Slot::kImageIds:
      return area_.BoundOf(PassArea::kIds);
    case Slot::kMap:
      return MapBound(maps_[At(argument.index)], argument.index);
    case Slot::kMapGradient:
      return MapBound(map_gradients_[At(argument.index)], argument.index);
    case Slot::kPlanParameters:
      return {parameters_, static_cast<int>(plan_->RangeOf(argument.index).offset), parameters};
    case Slot::kBatch:
    case Slot::kPixels:
    case Slot::kImageWords:
      break;  // no operation asks for these
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
  weight_steps_->Forget(model);
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
  std::vector<int> numbers;
  for (const StackPass* pass : passes) numbers.push_back(pass->model);
  weight_steps_->Run(numbers);
  Hand(passes);
  const std::size_t models = passes.size();
  const Mode mode = passes.front()->mode;
  filters_->Forward(models);
  for (const Work& work : works_) {
    const bool training = mode == Mode::kTrain ||
                          (mode == Mode::kEvaluateOnBatch && work.device.statistics != nullptr);
    Launches(training ? work.training : work.evaluation, models);
  }
  Launches(head_, models);
  if (mode == Mode::kTrain) {
    Launches(head_gradient_, models);
    for (std::size_t i = works_.size(); i-- > 0;) Launches(works_[i].backward, models);
    Launches(late_, models);
    filters_->Backward(models);
  }
  Fetch(passes);
}

void Stack::Launches(const std::vector<Command>& commands, std::size_t models) {
  for (const Command& command : commands) command.Run(queue_, models);
}

template <typename T>
void Stack::WriteTo(int buffer, std::size_t model, std::size_t stride, std::span<const T> values) {
  if (values.empty()) return;
  queue_.Write(buffer, values.data(), values.size_bytes(), model * stride * sizeof(T));
}

void Stack::Hand(const std::vector<StackPass*>& passes) {
  std::vector<std::pair<int, int>> models;  // by what has their pixels
  for (const StackPass* each : passes) {
    const StackPass& pass = *each;
    const auto model = static_cast<std::size_t>(pass.model);
    WriteTo(parameters_, model, parameter_floats_, pass.parameters);
    WriteTo(states_, model, state_floats_, pass.states);
    area_.Set(PassArea::kWords, pass.model, pass.words);
    area_.Set(PassArea::kIds, pass.model, pass.ids);
    area_.Set(PassArea::kTarget, pass.model, pass.target);
    area_.Set(PassArea::kImages, pass.model, pass.images.words);
    models.emplace_back(input_.Hand(pass.model, pass.images), pass.model);
  }
  std::ranges::sort(models);
  std::vector<int> numbers, pixels;
  for (const auto& [buffer, model] : models) {
    pixels.push_back(buffer);
    numbers.push_back(model);
  }
  area_.Write(numbers);
  input_.Run(pixels);
}

// Of all models at once.
void Stack::Fetch(const std::vector<StackPass*>& passes) {
  const auto by_model = [](const StackPass* a, const StackPass* b) { return a->model < b->model; };
  const auto [least, most] = std::ranges::minmax_element(passes, by_model);
  const std::size_t first = At((*least)->model), end = At((*most)->model) + 1;
  fetched_.resize((end - first) * results_floats_);
  queue_.Read(results_, fetched_.data(), fetched_.size() * sizeof(float),
              first * results_floats_ * sizeof(float));
  for (StackPass* pass : passes) {
    TakeResults(
        std::span(fetched_).subspan((At(pass->model) - first) * results_floats_, results_floats_),
        *pass);
  }
}

void Stack::TakeResults(std::span<const float> results, StackPass& pass) const {
  std::ranges::copy(results.first(pass.log_probabilities.size()), pass.log_probabilities.begin());
  if (pass.mode != Mode::kTrain) return;
  pass.observed->resize(works_.size());
  for (std::size_t i = 0; i < works_.size(); ++i) {
    const DeviceWork& work = works_[i].device;
    if (!work.statistics) continue;
    const auto observed =
        results.subspan(works_[i].observed, ScratchFloats(work.scratch[At(work.observed)]));
    (*pass.observed)[i].assign(observed.begin(), observed.end());
  }
}

std::vector<float> Stack::ReadMap(int value, int model) {
  const std::lock_guard lock(mutex_);
  std::vector<float> map(FloatsOf(plan_->ShapeOf(value)));
  queue_.Read(maps_[At(value)], map.data(), map.size() * sizeof(float),
              static_cast<std::size_t>(model) * map.size() * sizeof(float));
  return map;
}

void Stack::ReadParameters(int model, std::span<float> to) {
  const std::lock_guard lock(mutex_);
  weight_steps_->Run({model});
  queue_.Read(parameters_, to.data(), to.size_bytes(),
              At(model) * parameter_floats_ * sizeof(float));
}

void Stack::ReadGradients(int model, std::span<float> to) {
  const std::lock_guard lock(mutex_);
  queue_.Read(gradients_, to.data(), to.size_bytes(),
              At(model) * parameter_floats_ * sizeof(float));
}

int Stack::UpdateRuleNumber(const UpdateRule& rule) {
  const std::lock_guard lock(mutex_);
  return weight_steps_->Rule(rule);
}

void Stack::QueueStep(int model, int rule, std::span<const float> table) {
  const std::lock_guard lock(mutex_);
  weight_steps_->Queue(model, rule, table);
}

void Stack::ReadState(int model, int rule, int index, std::span<float> to) {
  const std::lock_guard lock(mutex_);
  weight_steps_->Run({model});
  weight_steps_->ReadState(model, rule, index, to);
}

void Stack::WriteState(int model, int rule, int index, std::span<const float> from) {
  const std::lock_guard lock(mutex_);
  weight_steps_->WriteState(model, rule, index, from);
}

}  // namespace normlab::opencl
