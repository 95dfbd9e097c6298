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

#include "engine/opencl/device_plan.h"
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
  // Of the splits that its models' passes take their images from.
  ImagePools& pools() { return pools_; }
  // Beside operations.
  const DeviceWork& work(std::size_t operation) const { return kernels_.work(operation); }

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
  struct Waiting {
    StackPass* pass;
    bool done = false;
    std::exception_ptr error;
  };

  PassArea::Sizes AreaSizes() const;
  std::size_t PlaceOf(int model) const;  // bytes, in the parameters' buffers
  void RunAll(const std::vector<Waiting*>& all);
  void RunTogether(const std::vector<StackPass*>& passes);
  void Hand(const std::vector<StackPass*>& passes);
  void Take(StackPass& pass);

  const std::shared_ptr<const Plan> plan_;
  DeviceQueue queue_;
  const DeviceShape shape_;
  PassArea area_;
  ImageInput input_;
  DevicePlan kernels_;
  FilterWorks filters_;
  WeightSteps weight_steps_;

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
