// Filters that are made of learned ones (Plan::derived), on the device: before a pass they are made
// behind the learned parameters, and behind the backward passes their gradients become those of
// what they were made of.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/opencl/command.h"
#include "engine/opencl/device_queue.h"
#include "engine/opencl/parameter_buffers.h"
#include "model/plan.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

class FilterWorks {
 public:
  // With kernels of their own, which are another program than the network's: they are written for
  // single lanes. `device`: what the network's are written for.
  FilterWorks(const Plan& plan, const DeviceShape& device, const ParameterBuffers& buffers,
              DeviceQueue& queue);

  void Forward(std::size_t models);
  // After all operations' gradients are there.
  void Backward(std::size_t models);

 private:
  struct Work {
    DeviceWork device;
    std::vector<int> scratch;  // buffers
    std::vector<Command> forward, backward;
  };

  void AddWorks();
  void Build();
  template <typename Visit>
  void ForEachLaunch(const Visit& visit);
  Bound BoundOf(const Argument& argument, std::size_t index) const;
  void Run(const std::vector<Command>& commands, std::size_t models);

  const Plan& plan_;
  const DeviceShape device_;
  const ParameterBuffers buffers_;
  DeviceQueue& queue_;
  int pass_ = -1;            // of one image
  std::vector<Work> works_;  // beside Plan::derived
};

}  // namespace normlab::opencl
