#include "engine/opencl/device_plan.h"

#include <cassert>

#include "engine/opencl/device_works.h"
#include "engine/opencl/late_launches.h"
#include "engine/opencl/program_text.h"
#include "engine/opencl/whole_vectors.h"
#include "operations/opencl/kernel_text.h"

namespace normlab::opencl {
namespace {

std::vector<const Launch*> LaunchesOf(const std::vector<LateLaunch>& batch) {
  std::vector<const Launch*> launches;
  for (const LateLaunch& late : batch) launches.push_back(late.launch);
  return launches;
}

}  // namespace

DevicePlan::DevicePlan(const Plan& plan, DeviceQueue& queue, const DeviceShape& shape,
                       PassArea& area, ImageInput& input, int capacity)
    : plan_(plan),
      queue_(queue),
      shape_(shape),
      area_(area),
      input_(input),
      capacity_(At(capacity)),
      results_(queue, FloatsOf(plan.ShapeOf(plan.output)), capacity) {
  const std::size_t floats = WholeVectors(plan_.parameter_count() + plan_.derived_count());
  parameters_ = {Allocate(floats), Allocate(floats), floats, area_.buffer(), capacity};
  AllocateMaps();
  for (DeviceWork& work : DeviceWorks(plan_, shape_)) AddWork(std::move(work));
  results_.Allocate();
  AddHead();
  Build();
}

std::size_t DevicePlan::ScratchFloats(const Scratch& scratch) const {
  return WholeVectors(scratch.floats + scratch.per_image * images());
}

// For all models.
int DevicePlan::Allocate(std::size_t floats) {
  return queue_.Allocate(floats * capacity_ * sizeof(float));
}

void DevicePlan::AllocateMaps() {
  for (std::size_t v = 0; v < plan_.values.size(); ++v) {
    const int value = static_cast<int>(v);
    maps_.push_back(Allocate(FloatsOf(plan_.ShapeOf(value))));
    const bool gradient = plan_.values[v].has_gradient || value == plan_.output;
    map_gradients_.push_back(gradient ? Allocate(FloatsOf(plan_.ShapeOf(value))) : -1);
  }
}

void DevicePlan::AddWork(DeviceWork device) {
  Work work;
  work.device = std::move(device);
  for (std::size_t i = 0; i < work.device.scratch.size(); ++i) {
    const std::size_t floats = ScratchFloats(work.device.scratch[i]);
    const bool is_observed = static_cast<int>(i) == work.device.observed;
    if (is_observed) work.observed = results_.Add(floats);
    work.scratch.push_back(is_observed ? -1 : Allocate(floats));
  }
  works_.push_back(std::move(work));
}

// Of the logits: "input" and "output" of an operation that has the logits for its input.
void DevicePlan::AddHead() {
  const int classes = plan_.ShapeOf(plan_.output).channels;
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
void DevicePlan::ForEachLaunch(const Visit& visit) {
  for (std::size_t i = 0; i < input_.launches().size(); ++i) {
    visit(input_.launches()[i], nullptr, nullptr, input_.commands()[i]);
  }
  for (std::size_t i = 0; i < works_.size(); ++i) {
    Work& work = works_[i];
    const PlanOperation& operation = plan_.operations[i];
    for (const Launch& launch : work.device.training) {
      visit(launch, &operation, &work, work.training);
    }
    for (const Launch& launch : work.device.evaluation) {
      visit(launch, &operation, &work, work.evaluation);
    }
    if (!plan_.HasBackward(operation)) continue;
    for (const Launch& launch : work.device.backward) {
      if (!launch.at_end) visit(launch, &operation, &work, work.backward);
    }
  }
  visit(head_launches_[0], nullptr, nullptr, head_);
  visit(head_launches_[1], nullptr, nullptr, head_gradient_);
}

void DevicePlan::Build() {
  ProgramText text(shape_);
  std::vector<std::string> names;
  ForEachLaunch([&](const Launch& launch, const PlanOperation*, Work*, std::vector<Command>&) {
    names.push_back(text.Add(launch));
  });
  std::vector<const DeviceWork*> devices;
  for (const Work& work : works_) devices.push_back(&work.device);
  const auto batches = LateLaunches(plan_, shape_, devices);
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
                                  return BoundOf(argument, plan_.operations[of], works_[of]);
                                }));
  }
}

Bound DevicePlan::MapBound(int buffer, int value) const {
  const std::size_t vectors =
      FloatsOf(plan_.ShapeOf(value)) / static_cast<std::size_t>(shape_.vector);
  return {buffer, 0, static_cast<int>(vectors)};
}

Bound DevicePlan::HeadBound(const Argument& argument) const {
  const int logits = plan_.output;
  switch (argument.slot) {
    case Slot::kInput:
      return MapBound(maps_[At(logits)], logits);
    case Slot::kOutput:
      return results_.BoundOf(0, shape_.vector);
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

Bound DevicePlan::BoundOf(const Argument& argument, const PlanOperation& operation,
                          const Work& work) const {
  const auto parameter = [&] {
    return static_cast<int>(plan_.RangeOf(operation.parameters[At(argument.index)]).offset);
  };
  const int parameters = static_cast<int>(parameters_.floats);
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
      return {parameters_.values, parameter(), parameters};
    case Slot::kGradients:
      return {parameters_.gradients, parameter(), parameters};
    case Slot::kStates: {
      const BufferInfo& info = plan_.buffers[At(operation.states[At(argument.index)])];
      Bound bound = area_.BoundOf(PassArea::kStates);
      bound.first += static_cast<int>(info.offset);
      return bound;
    }
    case Slot::kScratch: {
      if (argument.index == work.device.observed) {
        return results_.BoundOf(work.observed, argument.vectors ? shape_.vector : 1);
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
      return {parameters_.values, static_cast<int>(plan_.RangeOf(argument.index).offset),
              parameters};
    case Slot::kBatch:
    case Slot::kPixels:
    case Slot::kImageWords:
      break;  // no operation asks for these
  }
  return {};
}

void DevicePlan::Launches(const std::vector<Command>& commands, std::size_t models) {
  for (const Command& command : commands) command.Run(queue_, models);
}

void DevicePlan::Forward(Mode mode, std::size_t models) {
  for (const Work& work : works_) {
    const bool training = mode == Mode::kTrain ||
                          (mode == Mode::kEvaluateOnBatch && work.device.statistics != nullptr);
    Launches(training ? work.training : work.evaluation, models);
  }
  Launches(head_, models);
}

void DevicePlan::Backward(std::size_t models) {
  Launches(head_gradient_, models);
  for (std::size_t i = works_.size(); i-- > 0;) Launches(works_[i].backward, models);
  Launches(late_, models);
}

std::span<const float> DevicePlan::Observed(std::size_t operation,
                                            std::span<const float> results) const {
  const Work& work = works_[operation];
  if (!work.device.statistics) return {};
  return results.subspan(work.observed,
                         ScratchFloats(work.device.scratch[At(work.device.observed)]));
}

std::vector<float> DevicePlan::ReadMap(int value, int model) {
  std::vector<float> map(FloatsOf(plan_.ShapeOf(value)));
  queue_.Read(maps_[At(value)], map.data(), map.size() * sizeof(float),
              At(model) * map.size() * sizeof(float));
  return map;
}

}  // namespace normlab::opencl
