#include "model/plan.h"

#include <algorithm>

namespace normlab {
namespace {

template <class Infos>
std::size_t Sum(const Infos& infos) {
  std::size_t sum = 0;
  for (const auto& info : infos) sum += info.size;
  return sum;
}

}  // namespace

FlatRange Plan::RangeOf(int parameter) const {
  const std::size_t index = At(parameter), learned = parameters.size();
  if (index < learned) return {parameters[index].offset, parameters[index].size};
  return {derived[index - learned].offset, derived[index - learned].size};
}

bool Plan::HasInputGradient(const PlanOperation& operation) const {
  return std::ranges::any_of(operation.inputs,
                             [this](int value) { return values[At(value)].has_gradient; });
}

bool Plan::HasWeightGradient(const PlanOperation& operation) const {
  const OperationKind& kind = *operation.kind;
  if (!kind.traits.gradient_apart || operation.parameters.empty()) return false;
  const bool joined = kind.joins_gradients != nullptr &&
                      kind.joins_gradients(operation.attributes, InputShape(operation));
  return !joined || !HasInputGradient(operation);
}

bool Plan::HasBackward(const PlanOperation& operation) const {
  return !operation.parameters.empty() || HasInputGradient(operation);
}

std::size_t Plan::parameter_count() const { return Sum(parameters); }
std::size_t Plan::derived_count() const { return Sum(derived); }
std::size_t Plan::buffer_count() const { return Sum(buffers); }

std::size_t Plan::batch_statistics_count() const {
  return sites.empty() ? 0 : sites.back().batch() + sites.back().size();
}

std::size_t Plan::parameters_of(const std::string& layer) const {
  std::size_t sum = 0;
  for (const ParameterInfo& info : parameters) sum += info.layer == layer ? info.size : 0;
  return sum;
}

std::size_t MultiplyAdds(const Plan& plan, const PlanOperation& operation) {
  if (operation.kind->multiply_adds == nullptr) return 0;
  return operation.kind->multiply_adds(operation.attributes, plan.InputShape(operation),
                                       plan.ShapeOf(operation.output));
}

std::size_t MultiplyAdds(const Plan& plan) {
  std::size_t sum = 0;
  for (const PlanOperation& operation : plan.operations) sum += MultiplyAdds(plan, operation);
  return sum;
}

}  // namespace normlab
