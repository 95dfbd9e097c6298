// The optimizers of a stack's models. What a model's optimizer is to do waits for the model's next
// pass, so that the steps of several models are one launch, as their passes are.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/at.h"
#include "engine/device_update.h"
#include "engine/opencl/command.h"
#include "engine/opencl/device_queue.h"
#include "engine/opencl/parameter_buffers.h"
#include "model/plan.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

class WeightSteps {
 public:
  WeightSteps(const Plan& plan, const DeviceShape& device, const ParameterBuffers& buffers,
              DeviceQueue& queue);

  // The rule's number, the same for the same rule; what is new is compiled.
  int Rule(const UpdateRule& rule);
  // Waits until Run.
  void Queue(int model, int rule, std::span<const float> table);
  // Of those of `models` that wait.
  void Run(const std::vector<int>& models);
  void Forget(int model) { waiting_[At(model)].reset(); }

  // Values of the model's state, of what is learned.
  void ReadState(int model, int rule, int index, std::span<float> to);
  void WriteState(int model, int rule, int index, std::span<const float> from);

 private:
  struct Compiled {
    std::vector<Command> commands;
    std::vector<int> states;  // buffers
    int table = -1, squares = -1, factor = -1;
    std::size_t table_floats = 0, squares_floats = 0;  // of a model
  };
  struct Waiting {
    int rule = -1;
    std::vector<float> table;
  };

  int Allocate(std::size_t floats);
  Compiled Compile(const UpdateRule& rule);
  Launch OverElements(const std::string& kernel, std::size_t most_items) const;
  std::vector<Launch> LaunchesOf(const UpdateRule& rule) const;
  Bound BoundOf(const Argument& argument, const Compiled& compiled) const;
  void RunRule(std::size_t rule, const std::vector<int>& models);
  std::size_t PlaceOf(int model) const;

  DeviceQueue& queue_;
  const DeviceShape device_;
  const std::size_t size_, tensor_count_;
  const ParameterBuffers buffers_;
  int models_ = -1;   // the numbers of those that step
  int tensors_ = -1;  // of each element, which of the plan's parameters it is in
  std::map<std::string, int> rules_;
  std::vector<Compiled> compiled_;               // beside rules' numbers
  std::vector<std::optional<Waiting>> waiting_;  // beside models
};

}  // namespace normlab::opencl
