// A plan's kernels on a device and the buffers that they work on, for all models of a stack.
#pragma once

#include <span>
#include <vector>

#include "engine/opencl/command.h"
#include "engine/opencl/device_queue.h"
#include "engine/opencl/image_input.h"
#include "engine/opencl/parameter_buffers.h"
#include "engine/opencl/pass_area.h"
#include "engine/opencl/pass_results.h"
#include "model/plan.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

enum class Mode { kTrain, kEvaluate, kEvaluateOnBatch };

class DevicePlan {
 public:
  // Passes read `area`, and images that `input` has made; everything given must outlive this.
  DevicePlan(const Plan& plan, DeviceQueue& queue, const DeviceShape& shape, PassArea& area,
             ImageInput& input, int capacity);

  // Beside operations.
  const DeviceWork& work(std::size_t operation) const { return works_[operation].device; }
  std::size_t operations() const { return works_.size(); }
  const ParameterBuffers& parameters() const { return parameters_; }
  PassResults& results() { return results_; }

  // Of the first `models` that the area names.
  void Forward(Mode mode, std::size_t models);
  void Backward(std::size_t models);

  // What an operation observed, of a model's results; empty where it does not.
  std::span<const float> Observed(std::size_t operation, std::span<const float> results) const;
  // A map of the model's last pass, [C][H][W][images].
  std::vector<float> ReadMap(int value, int model);

 private:
  struct Work {
    DeviceWork device;
    std::vector<int> scratch;  // buffers
    std::size_t observed = 0;  // where among a model's results
    std::vector<Command> training, evaluation, backward;
  };

  std::size_t images() const { return At(shape_.images); }
  std::size_t FloatsOf(const Shape& shape) const { return shape.size() * images(); }
  std::size_t ScratchFloats(const Scratch& scratch) const;
  int Allocate(std::size_t floats);
  void AllocateMaps();
  void AddWork(DeviceWork device);
  void AddHead();
  void Build();
  template <typename Visit>
  void ForEachLaunch(const Visit& visit);
  Bound BoundOf(const Argument& argument, const PlanOperation& operation, const Work& work) const;
  Bound HeadBound(const Argument& argument) const;
  Bound MapBound(int buffer, int value) const;
  void Launches(const std::vector<Command>& commands, std::size_t models);

  const Plan& plan_;
  DeviceQueue& queue_;
  const DeviceShape shape_;
  PassArea& area_;
  ImageInput& input_;
  const std::size_t capacity_;
  ParameterBuffers parameters_;
  std::vector<int> maps_, map_gradients_;  // buffers of the plan's values; -1: none
  PassResults results_;
  std::vector<Work> works_;  // beside operations
  std::vector<Launch> head_launches_;
  std::vector<Command> head_, head_gradient_, late_;
};

}  // namespace normlab::opencl
