// Several trainings of one network on a device at once: their maps, parameters and gradients lie
// one model behind the other, and one launch of a kernel is for all of them. A small network cannot
// fill a device; several can. What a model computes does not depend on who else is there, so the
// bits are those that it has alone.
#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/opencl/command.h"
#include "engine/opencl/device_queue.h"
#include "model/plan.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

enum class Mode { kTrain, kEvaluate, kEvaluateOnBatch };

// What a model hands over for a pass, and what it gets. Arrays are as the device has them.
struct StackPass {
  int model = 0;
  Mode mode = Mode::kEvaluate;
  std::span<const float> images;  // [C][H][W][images]
  std::span<const float> target;  // [class][images]; of training alone
  std::span<const float> parameters, states;
  std::span<const std::uint32_t> words, ids;
  // Written: log-probabilities [class][images]; of training also the gradients, and beside
  // operations what each observed.
  std::span<float> log_probabilities, gradients;
  std::vector<std::vector<float>>* observed = nullptr;
};

class Stack {
 public:
  // Room for `capacity` models.
  Stack(std::shared_ptr<const Plan> plan, int max_batch, int device, int vector, int capacity);

  const DeviceShape& shape() const { return shape_; }
  int max_batch() const { return max_batch_; }
  // Beside operations.
  const DeviceWork& work(std::size_t operation) const { return works_[operation].device; }

  // A place in it, -1 where none is free; who has one leaves it again.
  int Join();
  void Leave(int model);

  // Waits until it is done, together with those of other models that come at the same time. Throws
  // what went wrong.
  void Run(StackPass& pass);

  // A map of the model's last pass, [C][H][W][images].
  std::vector<float> ReadMap(int value, int model);

 private:
  struct Work {
    DeviceWork device;
    std::vector<int> scratch;  // buffers
    std::vector<Command> training, evaluation, backward;
  };
  struct Waiting {
    StackPass* pass;
    bool done = false;
    std::exception_ptr error;
  };

  std::size_t images() const { return static_cast<std::size_t>(shape_.images); }
  std::size_t FloatsOf(const Shape& shape) const { return shape.size() * images(); }
  std::size_t ScratchFloats(const Scratch& scratch) const;
  int Allocate(std::size_t floats);
  void AllocateBuffers();
  void AddWork(DeviceWork device);
  void AddHead();
  void Build();
  template <typename Visit>
  void ForEachLaunch(const Visit& visit);
  Bound BoundOf(const Argument& argument, const PlanOperation& operation, const Work& work) const;
  Bound HeadBound(const Argument& argument) const;
  Bound MapBound(int buffer, int value) const;

  void RunAll(const std::vector<Waiting*>& all);
  void RunTogether(const std::vector<StackPass*>& passes);
  void Hand(const StackPass& pass);
  void Fetch(StackPass& pass);
  void Launches(const std::vector<Command>& commands, std::size_t models);
  template <typename T>
  void WriteTo(int buffer, std::size_t model, std::size_t stride, std::span<const T> values);

  const std::shared_ptr<const Plan> plan_;
  const int max_batch_, capacity_;
  DeviceQueue queue_;
  const DeviceShape shape_;
  std::size_t parameter_floats_, state_floats_;  // of a model, a whole number of vectors
  std::vector<int> maps_, map_gradients_;        // buffers of the plan's values; -1: none
  int parameters_ = -1, gradients_ = -1, states_ = -1, pass_ = -1, ids_ = -1, target_ = -1,
      log_softmax_ = -1, models_ = -1;
  std::vector<Work> works_;  // beside operations
  std::vector<Launch> head_launches_;
  std::vector<Command> head_, head_gradient_, late_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> taken_;
  int members_ = 0;
  std::vector<Waiting*> waiting_;
};

// One with a free place for networks like this, made where there is none; of a capacity above 1 the
// same for all that ask while it lives. `model`: the place that was taken.
std::shared_ptr<Stack> JoinStack(const std::shared_ptr<const Plan>& plan, int max_batch, int device,
                                 int vector, int capacity, int* model);

}  // namespace normlab::opencl
