#include "engine/opencl/filter_works.h"

#include <array>
#include <cassert>
#include <cstdint>
#include <string>

#include "engine/opencl/device_shape.h"
#include "engine/opencl/program_text.h"
#include "operations/opencl/filter_placement.h"
#include "operations/opencl/launches.h"

namespace normlab::opencl {

FilterWorks::FilterWorks(const Plan& plan, const DeviceShape& device,
                         const ParameterBuffers& buffers, DeviceQueue& queue)
    : plan_(plan), device_(device), buffers_(buffers), queue_(queue) {
  if (plan.derived.empty()) return;
  std::array<std::uint32_t, kPassWords> words = {};
  words[kCount] = 1;
  pass_ = queue.Allocate(sizeof(words));
  queue.Write(pass_, words.data(), sizeof(words));
  AddWorks();
  Build();
}

// A gradient is written by the first that has some, as in DeviceWorks: the operations,
// then the derived parameters from the last to the first.
void FilterWorks::AddWorks() {
  std::vector<bool> written(plan_.parameters.size() + plan_.derived.size(), false);
  for (const PlanOperation& operation : plan_.operations) {
    for (const int parameter : operation.parameters) written[At(parameter)] = true;
  }
  works_.resize(plan_.derived.size());
  for (std::size_t i = works_.size(); i-- > 0;) {
    const DerivedParameter& derived = plan_.derived[i];
    Work& work = works_[i];
    DevicePlacement placement = FilterPlacement(derived.shape, device_);
    const bool adds = written[At(derived.from.front())];
    for (std::size_t k = 1; k < derived.from.size(); ++k) {
      placement.adds_parameter_gradient.push_back(written[At(derived.from[k])]);
    }
    for (const int from : derived.from) written[At(from)] = true;
    assert(derived.kind->make_opencl != nullptr);
    work.device = derived.kind->make_opencl(placement);
    for (Launch& launch : work.device.backward) {
      if (adds && launch.stores) LetStoreAdd(launch);
    }
    for (const Scratch& scratch : work.device.scratch) {
      const std::size_t floats = FloatsOfFilter(scratch) * At(buffers_.capacity);
      work.scratch.push_back(queue_.Allocate(floats * sizeof(float)));
    }
  }
}

// visit(launch, whose it is, the commands that it belongs to)
template <typename Visit>
void FilterWorks::ForEachLaunch(const Visit& visit) {
  for (std::size_t i = 0; i < works_.size(); ++i) {
    for (const Launch& launch : works_[i].device.training) visit(launch, i, works_[i].forward);
    for (const Launch& launch : works_[i].device.backward) visit(launch, i, works_[i].backward);
  }
}

void FilterWorks::Build() {
  const DeviceShape shape = FilterShape(device_);
  ProgramText text(shape);
  std::vector<std::string> names;
  ForEachLaunch([&](const Launch& launch, std::size_t, std::vector<Command>&) {
    names.push_back(text.Add(launch));
  });
  queue_.Build(text.text(), BuildOptions(queue_.device()));
  auto name = names.begin();
  ForEachLaunch([&](const Launch& launch, std::size_t i, std::vector<Command>& commands) {
    commands.push_back(MakeCommand(queue_, shape, launch, *name++, buffers_.models,
                                   [&](const Argument& argument) { return BoundOf(argument, i); }));
  });
}

Bound FilterWorks::BoundOf(const Argument& argument, std::size_t index) const {
  const DerivedParameter& derived = plan_.derived[index];
  const Work& work = works_[index];
  const auto bound = [&](int buffer, std::size_t first) {
    return Bound{buffer, static_cast<int>(first), static_cast<int>(buffers_.floats)};
  };
  const auto from = [&](int place) { return plan_.RangeOf(derived.from[At(place)]).offset; };
  switch (argument.slot) {
    case Slot::kInput:
      return bound(buffers_.values, from(0));
    case Slot::kInputGradient:
      return bound(buffers_.gradients, from(0));
    case Slot::kOutput:
      return bound(buffers_.values, derived.offset);
    case Slot::kOutputGradient:
      return bound(buffers_.gradients, derived.offset);
    case Slot::kParameters:
      return bound(buffers_.values, from(1 + argument.index));
    case Slot::kGradients:
      return bound(buffers_.gradients, from(1 + argument.index));
    case Slot::kScratch: {
      const Scratch& scratch = work.device.scratch[At(argument.index)];
      return {work.scratch[At(argument.index)], 0, static_cast<int>(FloatsOfFilter(scratch))};
    }
    case Slot::kPass:
      return {pass_, 0, 0};
    default:
      assert(false && "a filter has no states and no images");
      return {};
  }
}

void FilterWorks::Forward(std::size_t models) {
  for (const Work& work : works_) Run(work.forward, models);
}

void FilterWorks::Backward(std::size_t models) {
  for (std::size_t i = works_.size(); i-- > 0;) Run(works_[i].backward, models);
}

void FilterWorks::Run(const std::vector<Command>& commands, std::size_t models) {
  for (const Command& command : commands) command.Run(queue_, models);
}

}  // namespace normlab::opencl
