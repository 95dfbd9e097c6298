// Several trainings of one network on a device at once: their maps, parameters and gradients lie
// one model behind the other, and one launch of a kernel is for all of them. A small network cannot
// fill a device; several can. What a model computes does not depend on who else is there, so the
// bits are those that it has alone.
#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "engine/opencl/command.h"
#include "engine/opencl/device_queue.h"
#include "engine/opencl/filter_works.h"
#include "engine/opencl/image_input.h"
#include "engine/opencl/image_pools.h"
#include "engine/opencl/pass_area.h"
#include "engine/opencl/pass_images.h"
#include "engine/opencl/weight_steps.h"
#include "model/plan.h"
#include "operations/opencl/launch.h"

namespace normlab::opencl {

enum class Mode { kTrain, kEvaluate, kEvaluateOnBatch };

// What a model hands over for a pass, and what it gets. Arrays are as the device has them; empty
// ones are there already.
struct StackPass {
  int model = 0;
  Mode mode = Mode::kEvaluate;
  PassImages images;
  std::span<const float> target;              // [class][images]; of training alone
  std::span<const float> parameters, states;  // learned ones
  std::span<const std::uint32_t> words, ids;
  // Written: log-probabilities [class][images]; of training also, beside operations, what each
  // observed.
  std::span<float> log_probabilities;
  std::vector<std::vector<float>>* observed = nullptr;
};

class Stack {
 public:
  // Room for `capacity` models.
  Stack(std::shared_ptr<const Plan> plan, int max_batch, int device, int vector, int capacity);

  const DeviceShape& shape() const { return shape_; }
  int max_batch() const { return max_batch_; }
  // Of the splits that its models' passes take their images from.
  ImagePools& pools() { return pools_; }
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
  // After the step that waits, if one does.
  void ReadParameters(int model, std::span<float> to);
  // Of the model's last training pass.
  void ReadGradients(int model, std::span<float> to);

  // An optimizer's steps (engine/device_update.h).
  int UpdateRuleNumber(const UpdateRule& rule);
  void QueueStep(int model, int rule, std::span<const float> table);
  void ReadState(int model, int rule, int index, std::span<float> to);
  void WriteState(int model, int rule, int index, std::span<const float> from);

 private:
  struct Work {
    DeviceWork device;
    std::vector<int> scratch;  // buffers
    std::size_t observed = 0;  // where among a model's results
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
  Bound ResultBound(std::size_t first, bool vectors) const;

  void RunAll(const std::vector<Waiting*>& all);
  void RunTogether(const std::vector<StackPass*>& passes);
  void Hand(const std::vector<StackPass*>& passes);
  void Fetch(const std::vector<StackPass*>& passes);
  void TakeResults(std::span<const float> results, StackPass& pass) const;
  void Launches(const std::vector<Command>& commands, std::size_t models);
  template <typename T>
  void WriteTo(int buffer, std::size_t model, std::size_t stride, std::span<const T> values);

  const std::shared_ptr<const Plan> plan_;
  const int max_batch_, capacity_;
  DeviceQueue queue_;
  const DeviceShape shape_;
  std::size_t parameter_floats_, state_floats_;  // of a model, a whole number of vectors
  std::vector<int> maps_, map_gradients_;        // buffers of the plan's values; -1: none
  int parameters_ = -1, gradients_ = -1, states_ = -1, results_ = -1;
  // Of a model: the log-probabilities, and what each operation observed.
  std::size_t results_floats_ = 0;
  std::vector<float> fetched_;
  PassArea area_;
  ImageInput input_;
  std::vector<Work> works_;  // beside operations
  std::optional<FilterWorks> filters_;
  std::vector<Launch> head_launches_;
  std::vector<Command> head_, head_gradient_, late_;
  std::optional<WeightSteps> weight_steps_;

  std::mutex mutex_;  // of the queue and the members
  ImagePools pools_{queue_, mutex_};
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
