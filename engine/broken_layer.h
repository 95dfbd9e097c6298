// What is said of the first operation whose output is not finite.
#pragma once

#include <string>

#include "engine/network.h"

namespace normlab {

// "C3", and behind it which part of the operation began, where it can say. Of `pass` the input, its
// images and what kind of pass it was are set.
template <typename T>
std::string BrokenLayer(const Plan& plan, const PlanOperation& operation,
                        std::span<const T> parameters, std::span<const T> buffers,
                        BrokenPass pass) {
  if (operation.kind->first_non_finite == nullptr) return operation.layer;
  pass.single_precision = sizeof(T) == sizeof(float);
  pass.attributes = &operation.attributes;
  pass.shape = plan.InputShape(operation);
  const auto part = [](std::span<const T> all, std::size_t offset, std::size_t size) {
    const std::span<const T> values = all.subspan(offset, size);
    return std::vector<double>(values.begin(), values.end());
  };
  for (const int parameter : operation.parameters) {
    const FlatRange range = plan.RangeOf(parameter);
    pass.parameters.push_back(part(parameters, range.offset, range.size));
  }
  for (const int state : operation.states) {
    const BufferInfo& info = plan.buffers[At(state)];
    pass.states.push_back(part(buffers, info.offset, info.size));
  }
  const std::string where = operation.kind->first_non_finite(pass);
  return where.empty() ? operation.layer : operation.layer + ", " + where;
}

}  // namespace normlab
