// A step of training that a network carries out itself, because its weights lie on a device.
#pragma once

#include <span>
#include <string>

namespace normlab {

// What an optimizer does to one element, in OpenCL C: statements over its weight `p`, its gradient
// `g`, what is kept of it, `s0`, `s1`, ..., and numbers of its tensor, `n[0]`, `n[1]`, ...
struct UpdateRule {
  std::string statements;  // empty: there is no such rule
  int states = 0;          // zero before the first step
  int numbers = 0;
  double clip_norm = 0;  // of all gradients with l1's, before the statements; 0: none
};

// What a step knows of a tensor before the rule's own numbers.
enum TensorNumber {
  kL1,  // of l1 sign(p), which is added to the gradient
  kLowest,
  kHighest,
  kRuleNumbers,  // from here on
};

// Must not outlive its network.
class DeviceUpdate {
 public:
  virtual ~DeviceUpdate() = default;
  // After a pass of Train: [tensor][kRuleNumbers + numbers], in the order of parameter_infos().
  virtual void Step(std::span<const float> table) = 0;
  // State `index` of all elements.
  virtual void ReadState(int index, std::span<float> to) = 0;
  virtual void WriteState(int index, std::span<const float> from) = 0;
};

}  // namespace normlab
