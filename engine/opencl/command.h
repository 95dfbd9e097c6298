// A kernel with its arguments, for any number of the models of a stack.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

#include "engine/opencl/device_queue.h"
#include "engine/opencl/device_shape.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

struct Command {
  int kernel = -1;
  std::array<std::size_t, 3> global = {}, group = {};  // of one model

  // For so many of the models whose numbers stand in `models` of MakeCommand, from one on.
  void Run(DeviceQueue& queue, std::size_t models, std::size_t first = 0) const {
    queue.Run(kernel, {global[0], global[1], global[2] * models}, group, {0, 0, global[2] * first});
  }
};

// Where an argument lies: a buffer, where in it, in elements of the argument's type, and how far it
// is from one model to the next.
struct Bound {
  int buffer = -1, first = 0, model = 0;
};

// The work items of launches that are one: of kinds without work groups a whole number of the
// largest group.
inline std::size_t TilesOf(std::span<const Launch* const> launches) {
  if (launches.size() == 1) return launches.front()->tiles;
  std::size_t tiles = 0;
  for (const Launch* launch : launches) tiles += launch->places * launch->tiles;
  constexpr std::size_t kGroup = 64;
  const bool in_groups = launches.front()->across != Across::kOne;
  return in_groups ? tiles : (tiles + kGroup - 1) / kGroup * kGroup;
}

// `models`: a buffer with the numbers of the models that a launch is for. Of several launches that
// are one (ProgramText::Add); bind(which of them, argument).
template <typename Bind>
Command MakeCommand(DeviceQueue& queue, const DeviceShape& shape,
                    std::span<const Launch* const> launches, const std::string& name, int models,
                    const Bind& bind) {
  Command command;
  command.kernel = queue.Kernel(name);
  int place = 0;
  for (std::size_t i = 0; i < launches.size(); ++i) {
    const Launch& launch = *launches[i];
    for (const Argument& argument : launch.arguments) {
      const Bound bound = bind(i, argument);
      queue.SetBuffer(command.kernel, place++, bound.buffer);
      queue.SetInteger(command.kernel, place++, bound.first);
      queue.SetInteger(command.kernel, place++, bound.model);
    }
    for (const auto& [size, value] : launch.sizes) queue.SetInteger(command.kernel, place++, value);
    for (const auto& [number, value] : launch.numbers) {
      queue.SetNumber(command.kernel, place++, value);
    }
    if (launches.size() == 1) continue;
    queue.SetInteger(command.kernel, place++, static_cast<int>(launch.places));
    queue.SetInteger(command.kernel, place++, static_cast<int>(launch.tiles));
  }
  Launch whole;
  whole.across = launches.front()->across;
  whole.places = launches.size() == 1 ? launches.front()->places : 1;
  whole.tiles = TilesOf(launches);
  queue.SetBuffer(command.kernel, place++, models);
  queue.SetInteger(command.kernel, place++, static_cast<int>(whole.tiles));
  const auto across = static_cast<std::size_t>(WorkItemsAcross(shape, whole.across));
  command.global = {across, whole.places, whole.tiles};
  command.group = GroupOf(shape, whole);
  return command;
}

template <typename Bind>
Command MakeCommand(DeviceQueue& queue, const DeviceShape& shape, const Launch& launch,
                    const std::string& name, int models, const Bind& bind) {
  const Launch* const one[] = {&launch};
  return MakeCommand(queue, shape, one, name, models,
                     [&](std::size_t, const Argument& argument) { return bind(argument); });
}

}  // namespace normlab::opencl
