#include "engine/opencl/device_works.h"

#include <cassert>

#include "engine/opencl/fused_launches.h"

namespace normlab::opencl {
namespace {

// Whether the gradient of each parameter of each operation is added to what is there: it is written
// by the first that has some in the order of the backward pass.
std::vector<std::vector<bool>> AddedParameters(const Plan& plan) {
  std::vector<std::vector<bool>> adds(plan.operations.size());
  std::vector<bool> learned(plan.parameters.size() + plan.derived.size(), false);
  for (std::size_t i = plan.operations.size(); i-- > 0;) {
    const PlanOperation& operation = plan.operations[i];
    const bool backward = plan.HasBackward(operation);
    for (const int parameter : operation.parameters) {
      adds[i].push_back(learned[At(parameter)]);
      if (backward) learned[At(parameter)] = true;
    }
  }
  return adds;
}

DeviceWork WorkOf(const Plan& plan, const PlanOperation& operation, DevicePlacement placement) {
  placement.attributes = operation.attributes;
  placement.output = plan.ShapeOf(operation.output);
  for (const int input : operation.inputs) {
    placement.inputs.push_back(plan.ShapeOf(input));
    placement.has_gradient.push_back(plan.values[At(input)].has_gradient);
  }
  assert(operation.kind->make_opencl != nullptr);
  return operation.kind->make_opencl(placement);
}

}  // namespace

std::vector<DeviceWork> DeviceWorks(const Plan& plan, const DeviceShape& shape) {
  const std::vector<std::vector<bool>> adds = AddedParameters(plan);
  std::vector<DeviceWork> works;
  int ramp = kRamps;
  for (const PlanOperation& operation : plan.operations) {
    DevicePlacement placement;
    placement.device = shape;
    placement.adds_parameter_gradient = adds[works.size()];
    placement.ramp_word = ramp;
    works.push_back(WorkOf(plan, operation, std::move(placement)));
    if (works.back().ramps) ramp += static_cast<int>(works.back().ramps(0).size());
  }
  assert(ramp <= kPassWords);
  FuseLaunches(plan, works);
  return works;
}

}  // namespace normlab::opencl
