// A kernel with its arguments, for any number of the models of a stack.
#pragma once

#include <array>
#include <cstddef>
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

// `models`: a buffer with the numbers of the models that a launch is for.
template <typename Bind>
Command MakeCommand(DeviceQueue& queue, const DeviceShape& shape, const Launch& launch,
                    const std::string& name, int models, const Bind& bind) {
  Command command;
  command.kernel = queue.Kernel(name);
  int place = 0;
  for (const Argument& argument : launch.arguments) {
    const Bound bound = bind(argument);
    queue.SetBuffer(command.kernel, place++, bound.buffer);
    queue.SetInteger(command.kernel, place++, bound.first);
    queue.SetInteger(command.kernel, place++, bound.model);
  }
  for (const auto& [size, value] : launch.sizes) queue.SetInteger(command.kernel, place++, value);
  for (const auto& [number, value] : launch.numbers) {
    queue.SetNumber(command.kernel, place++, value);
  }
  queue.SetBuffer(command.kernel, place++, models);
  queue.SetInteger(command.kernel, place++, static_cast<int>(launch.tiles));
  const auto across = static_cast<std::size_t>(WorkItemsAcross(shape, launch.across));
  command.global = {across, launch.places, launch.tiles};
  command.group = GroupOf(shape, launch);
  return command;
}

}  // namespace normlab::opencl
