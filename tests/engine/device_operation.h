// One operation on a device by itself: its kernels with maps, parameters and states as they are
// given.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/opencl/command.h"
#include "engine/opencl/device_queue.h"
#include "engine/opencl/device_shape.h"
#include "engine/opencl/program_text.h"

namespace normlab::opencl {

class DeviceOperation {
 public:
  // `parameters` and `states`: their sizes.
  DeviceOperation(const DeviceMaker& maker, DevicePlacement placement, int images, int vector,
                  std::vector<std::size_t> parameters, std::vector<std::size_t> states)
      : images_(images), placement_(std::move(placement)) {
    placement_.device = ShapeFor(queue_.device(), images, vector);
    work_ = maker(placement_);
    for (std::size_t k = 0; k < placement_.inputs.size(); ++k) {
      AddMap({Slot::kInput, static_cast<int>(k)}, placement_.inputs[k]);
      AddMap({Slot::kInputGradient, static_cast<int>(k)}, placement_.inputs[k]);
    }
    AddMap({Slot::kOutput, 0}, placement_.output);
    AddMap({Slot::kOutputGradient, 0}, placement_.output);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const int index = static_cast<int>(i);
      buffers_[{Slot::kParameters, index}] = queue_.Allocate(parameters[i] * sizeof(float));
      buffers_[{Slot::kGradients, index}] = queue_.Allocate(parameters[i] * sizeof(float));
    }
    for (std::size_t i = 0; i < states.size(); ++i) {
      buffers_[{Slot::kStates, static_cast<int>(i)}] = queue_.Allocate(states[i] * sizeof(float));
    }
    for (std::size_t i = 0; i < work_.scratch.size(); ++i) {
      const Scratch& scratch = work_.scratch[i];
      buffers_[{Slot::kScratch, static_cast<int>(i)}] = queue_.Allocate(
          sizeof(float) * (scratch.floats + scratch.per_image * std::size_t(lanes())));
    }
    buffers_[{Slot::kPass, 0}] = queue_.Allocate(kPassWords * sizeof(std::uint32_t));
    buffers_[{Slot::kImageIds, 0}] = queue_.Allocate(std::size_t(lanes()) * sizeof(std::uint32_t));
    Build();
  }

  const DeviceWork& work() const { return work_; }
  int lanes() const { return placement_.device.images; }

  // [N][C][H][W]
  template <typename T>
  void SetMap(Slot slot, int index, const std::vector<T>& values) {
    const std::size_t count = values.size() / std::size_t(images_);
    std::vector<float> lanes(count * std::size_t(this->lanes()), 0.0f);
    for (std::size_t n = 0; n < std::size_t(images_); ++n) {
      for (std::size_t e = 0; e < count; ++e) {
        lanes[e * std::size_t(this->lanes()) + n] = static_cast<float>(values[n * count + e]);
      }
    }
    queue_.Write(buffers_.at({slot, index}), lanes.data(), lanes.size() * sizeof(float));
  }
  std::vector<float> Map(Slot slot, int index, const Shape& shape) {
    std::vector<float> lanes(shape.size() * std::size_t(this->lanes()));
    queue_.Read(buffers_.at({slot, index}), lanes.data(), lanes.size() * sizeof(float));
    std::vector<float> values(shape.size() * std::size_t(images_));
    for (std::size_t n = 0; n < std::size_t(images_); ++n) {
      for (std::size_t e = 0; e < shape.size(); ++e) {
        values[n * shape.size() + e] = lanes[e * std::size_t(this->lanes()) + n];
      }
    }
    return values;
  }

  template <typename T>
  void Set(Slot slot, int index, const std::vector<T>& values) {
    const std::vector<float> floats(values.begin(), values.end());
    queue_.Write(buffers_.at({slot, index}), floats.data(), floats.size() * sizeof(float));
  }
  std::vector<float> Get(Slot slot, int index, std::size_t size) {
    std::vector<float> values(size);
    queue_.Read(buffers_.at({slot, index}), values.data(), size * sizeof(float));
    return values;
  }
  void SetPass(const std::vector<std::uint32_t>& words) {
    queue_.Write(buffers_.at({Slot::kPass, 0}), words.data(), words.size() * sizeof(words[0]));
  }

  void Train() { Run(training_); }
  void Evaluate() { Run(evaluation_); }
  void Backward() { Run(backward_); }

 private:
  using Key = std::pair<Slot, int>;

  void AddMap(Key key, const Shape& shape) {
    buffers_[key] = queue_.Allocate(shape.size() * std::size_t(lanes()) * sizeof(float));
  }

  void Build() {
    ProgramText text(placement_.device);
    std::vector<std::pair<const std::vector<Launch>*, std::vector<Command>*>> lists = {
        {&work_.training, &training_},
        {&work_.evaluation, &evaluation_},
        {&work_.backward, &backward_}};
    std::vector<std::string> names;
    for (const auto& [launches, commands] : lists) {
      for (const Launch& launch : *launches) names.push_back(text.Add(launch));
    }
    queue_.Build(text.text(), BuildOptions(queue_.device()));
    auto name = names.begin();
    for (const auto& [launches, commands] : lists) {
      for (const Launch& launch : *launches) commands->push_back(CommandOf(launch, *name++));
    }
  }

  Command CommandOf(const Launch& launch, const std::string& name) {
    return MakeCommand(queue_, placement_.device, launch, name, models_, [&](const Argument& of) {
      const bool single = of.slot == Slot::kPass || of.slot == Slot::kImageIds;
      return Bound{buffers_.at({of.slot, single ? 0 : of.index})};
    });
  }

  void Run(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      command.Run(queue_, 1);
    }
  }

  int images_;
  DevicePlacement placement_;
  DeviceQueue queue_{0};
  int models_ = queue_.Allocate(sizeof(int));  // model 0
  DeviceWork work_;
  std::map<Key, int> buffers_;
  std::vector<Command> training_, evaluation_, backward_;
};

}  // namespace normlab::opencl
