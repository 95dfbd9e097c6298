// The steps of a model's optimizer, as its stack carries them out.
#pragma once

#include "engine/device_update.h"
#include "engine/opencl/mirrored_parameters.h"
#include "engine/opencl/stack.h"

namespace normlab::opencl {

class StackedUpdate : public DeviceUpdate {
 public:
  StackedUpdate(Stack& stack, int model, const UpdateRule& rule, MirroredParameters& parameters)
      : stack_(stack),
        model_(model),
        rule_(stack.UpdateRuleNumber(rule)),
        parameters_(parameters) {}

  void Step(std::span<const float> table) override {
    stack_.QueueStep(model_, rule_, table);
    parameters_.AfterStep();
  }
  void ReadState(int index, std::span<float> to) override {
    stack_.ReadState(model_, rule_, index, to);
  }
  void WriteState(int index, std::span<const float> from) override {
    stack_.WriteState(model_, rule_, index, from);
  }

 private:
  Stack& stack_;
  const int model_, rule_;
  MirroredParameters& parameters_;
};

}  // namespace normlab::opencl
